package io.arrowshm.shm.inspect;

import io.arrowshm.shm.Segment;
import io.arrowshm.shm.allocator.SlabEntries;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.layout.OwnershipWord;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of sealed segments: how they begin or, if asked to, all that opening them checks. They are read, not mapped,
 * and nobody holds them: a slot that is used again meanwhile is left out, and memory that was taken away reads as zeros.
 */
final class ContentCheck implements Check {
    private static final int LONGEST_MAGIC = 8;
    private static final byte[] ARROW_FILE = "ARROW1\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] ARROW_MESSAGE = {-1, -1, -1, -1};
    private static final byte[] NUMPY = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);

    private final boolean deep;
    /** Sealed bytes never change: what was right in one look needs no other. Generation plus 1 of each slot. */
    private long[] right = {};

    /** @param deep whether segments are opened too, each in a copy of its own */
    ContentCheck(boolean deep) {
        this.deep = deep;
    }

    @Override
    public void look(PoolView pool, Violations found) {
        if (right.length == 0) {
            right = new long[pool.slots.count()];
        }
        for (SlabEntries.Entry slab : pool.slabs.read()) {
            look(pool, slab, found);
        }
    }

    private void look(PoolView pool, SlabEntries.Entry slab, Violations found) {
        try (FileChannel file = FileChannel.open(slab.file())) {
            long end = Math.min(slab.endSlot(), pool.slots.count());
            for (int slot = (int) Math.max(0, slab.firstSlot()); slot < end; slot++) {
                long length = pool.slots.length(slot);
                long generation = pool.slots.generation(slot);
                if (isSealed(pool, slot)
                        && length >= 0
                        && length <= slab.blockBytes()
                        && right[slot] != generation + 1) {
                    String problem = problem(file.position(slab.offset(slot)), length);
                    boolean same = isSealed(pool, slot) && pool.slots.generation(slot) == generation;
                    if (same && problem != null) {
                        found.add(Invariant.CONTENT, "slot " + slot, "generation " + generation + ": " + problem);
                    } else if (same) {
                        right[slot] = generation + 1;
                    }
                }
            }
        } catch (IOException e) {
            found.add(Invariant.SLAB_FILE, slab.file().toString(), "it cannot be read: " + e);
        }
    }

    private @Nullable String problem(FileChannel file, long length) throws IOException {
        long offset = file.position();
        byte[] start = in(file).readNBytes((int) Math.min(LONGEST_MAGIC, length));
        boolean isArrowFile = startsWith(start, ARROW_FILE);
        if (!isArrowFile && !startsWith(start, ARROW_MESSAGE) && !startsWith(start, NUMPY)) {
            return "it begins with the bytes " + Arrays.toString(start);
        }
        if (deep && isArrowFile) {
            try (Segment copy = Segment.readFrom(new DataInputStream(in(file.position(offset))), length)) {
                for (int batch = 0; batch < copy.batchCount(); batch++) {
                    copy.root(batch);
                }
            } catch (SharedMemoryException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private static InputStream in(FileChannel file) {
        return Channels.newInputStream(file);
    }

    private static boolean isSealed(PoolView pool, int slot) {
        return OwnershipWord.state(pool.slots.word(slot)) == OwnershipWord.SEALED;
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }
}
