package io.arrowshm.internal.registry;

import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;

/**
 * One bit a slot: perhaps free. Only a hint, so that a free slot is found without looking at every word: a process that
 * dies between freeing a slot and setting its bit loses the hint, and a look at the words brings it back. The lowest
 * slots are found first, which keeps the memory in use small and warm. Any thread.
 */
public final class Hints {
    private final MappedFile file;

    public Hints(MappedFile file) {
        this.file = file;
    }

    public static long bytes(int slots) {
        return (slots + 63L) / 64 * Long.BYTES;
    }

    public void set(int slot) {
        long address = address(slot);
        long bit = 1L << slot;
        long old = Memory.getLongVolatile(address);
        while ((old & bit) == 0 && !Memory.compareAndSetLong(address, old, old | bit)) {
            old = Memory.getLongVolatile(address);
        }
    }

    public boolean isSet(int slot) {
        return (Memory.getLongVolatile(address(slot)) & 1L << slot) != 0;
    }

    /** Takes the lowest hint in {@code [first, end)} away and returns its slot, or -1. */
    public int take(int first, int end) {
        for (int base = first & ~63; base < end; base += 64) {
            int slot = takeOfWord(base, first, end);
            if (slot >= 0) {
                return slot;
            }
        }
        return -1;
    }

    private int takeOfWord(int base, int first, int end) {
        long mask = base < first ? -1L << first : -1L;
        if (end - base < 64) {
            mask &= (1L << (end - base)) - 1;
        }
        long address = address(base);
        while (true) {
            long old = Memory.getLongVolatile(address);
            long lowest = Long.lowestOneBit(old & mask);
            if (lowest == 0) {
                return -1;
            }
            if (Memory.compareAndSetLong(address, old, old & ~lowest)) {
                return base + Long.numberOfTrailingZeros(lowest);
            }
        }
    }

    private long address(int slot) {
        return file.address() + (long) (slot >>> 6) * Long.BYTES;
    }
}
