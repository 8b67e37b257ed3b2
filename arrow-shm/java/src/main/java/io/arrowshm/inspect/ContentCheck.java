package io.arrowshm.inspect;

import io.arrowshm.Segment;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.SegmentMagic;
import io.arrowshm.internal.layout.SlotRecord;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * The bytes of sealed segments: how they begin or, if asked to, their checksum and all that opening them checks. They are
 * read, not mapped, and nobody holds them: a slot that is used again meanwhile is left out, and memory that was taken away
 * reads as zeros.
 */
final class ContentCheck implements Check {
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
        try (FileChannel file = FileChannel.open(slab.file().access())) {
            for (int slot : (Iterable<Integer>) slab.slots()::iterator) {
                long length = pool.slots.length(slot);
                long generation = pool.slots.generation(slot);
                if (isSealed(pool, slot)
                        && length >= 0
                        && length <= slab.blockBytes()
                        && right[slot] != generation + 1) {
                    Violations candidates = new Violations();
                    check(pool, slot, generation, file.position(slab.offset(slot)), length, candidates);
                    if (isSealed(pool, slot) && pool.slots.generation(slot) == generation) {
                        found.addAll(candidates);
                        right[slot] = candidates.all().isEmpty() ? generation + 1 : 0;
                    }
                }
            }
        } catch (IOException e) {
            found.add(Invariant.SLAB_FILE, slab.file().toString(), "it cannot be read: " + e);
        }
    }

    private void check(PoolView pool, int slot, long generation, FileChannel file, long length, Violations found)
            throws IOException {
        String where = "slot " + slot;
        long offset = file.position();
        byte[] start = in(file).readNBytes((int) Math.min(SegmentMagic.BYTES, length));
        if (!SegmentMagic.isKnown(start)) {
            found.add(
                    Invariant.CONTENT,
                    where,
                    "generation " + generation + ": it begins with the bytes " + Arrays.toString(start));
        } else if (deep) {
            CheckedInputStream bytes = new CheckedInputStream(in(file.position(offset)), new CRC32C());
            try (Segment copy = Segment.readToPrivateMemory(new DataInputStream(bytes), length)) {
                checkCopy(pool, slot, generation, copy, bytes.getChecksum().getValue(), found);
            }
        }
    }

    private static void checkCopy(
            PoolView pool, int slot, long generation, Segment copy, long checksum, Violations found) {
        String where = "slot " + slot;
        long expected = pool.slots.checksum(slot);
        if (pool.description.checksums() && expected != SlotRecord.NO_CHECKSUM && checksum != expected) {
            // Whether what somebody has written over it can be opened says nothing any more.
            found.add(
                    Invariant.CHECKSUM,
                    where,
                    "generation " + generation + ": its checksum is " + checksum + ", it was sealed with " + expected);
            return;
        }
        try {
            if (copy.isArray()) {
                copy.array();
            } else {
                for (int batch = 0; batch < copy.batchCount(); batch++) {
                    copy.root(batch);
                }
            }
        } catch (SharedMemoryException e) {
            found.add(Invariant.CONTENT, where, "generation " + generation + ": " + e.getMessage());
        }
    }

    private static InputStream in(FileChannel file) {
        return Channels.newInputStream(file);
    }

    private static boolean isSealed(PoolView pool, int slot) {
        return OwnershipWord.state(pool.slots.word(slot)) == OwnershipWord.SEALED;
    }
}
