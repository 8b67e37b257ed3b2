package io.arrowshm.internal.allocator;

import io.arrowshm.internal.memory.FileMemory;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * One file of equal blocks. A page has memory unless every block on it is unbacked. Any thread; memory is given and taken
 * under the creation lock.
 */
final class Slab {
    private final SlabFile file;
    private final long blockBytes;
    private final int firstSlot;
    private final int blockCount;

    Slab(SlabFile file, long blockBytes, int firstSlot, int blockCount) {
        this.file = file;
        this.blockBytes = blockBytes;
        this.firstSlot = firstSlot;
        this.blockCount = blockCount;
    }

    SlabFile file() {
        return file;
    }

    /** Where in the file the slot's block begins. */
    long offset(int slot) {
        return (slot - firstSlot) * blockBytes;
    }

    /** Slots one after the other, {@code end} not among them. */
    record Run(int first, int end) {}

    /** Bytes of all pages that so many blocks lie on. */
    static long pageBytes(long blocks, long blockBytes) {
        return pagesUp(blocks * blockBytes);
    }

    long blockBytes() {
        return blockBytes;
    }

    int firstSlot() {
        return firstSlot;
    }

    /** One past the last slot. */
    int endSlot() {
        return firstSlot + blockCount;
    }

    int blockCount() {
        return blockCount;
    }

    /** The caller has a claim on the slot. */
    Block block(int slot) {
        return new Block(slot, file.address() + offset(slot), blockBytes);
    }

    /** The longest runs of slots that a predicate holds for. */
    List<Run> runs(IntPredicate predicate) {
        List<Run> runs = new ArrayList<>();
        int first = firstSlot;
        for (int slot = firstSlot; slot <= endSlot(); slot++) {
            if (slot == endSlot() || !predicate.test(slot)) {
                if (slot > first) {
                    runs.add(new Run(first, slot));
                }
                first = slot + 1;
            }
        }
        return runs;
    }

    /** Bytes of the pages that only slots of the run lie on. */
    long ownPageBytes(Run run) {
        return Math.max(0, ownPagesEnd(run) - ownPagesStart(run));
    }

    /** The slots of the run that lie on pages of the run alone; the others' memory cannot be taken. */
    Run onOwnPages(Run run) {
        if (ownPageBytes(run) == 0) {
            return new Run(run.first, run.first);
        }
        int first = firstSlot + (int) (ownPagesStart(run) / blockBytes);
        int end = firstSlot + (int) ((ownPagesEnd(run) + blockBytes - 1) / blockBytes);
        return new Run(first, Math.min(end, run.end));
    }

    /** Bytes that giving memory to the slots from the first of an unbacked run to {@code end} takes. */
    long bytesToBack(Run unbacked, int end) {
        return Math.max(0, Math.min(pagesUp(offset(end)), ownPagesEnd(unbacked)) - ownPagesStart(unbacked));
    }

    /** Creates the file, without any memory. */
    void createFile() {
        FileMemory.create(file.path(), file.length());
    }

    void deleteFile() {
        PrivateFiles.delete(file.path());
    }

    Run all() {
        return new Run(firstSlot, endSlot());
    }

    /**
     * Gives every page that a slot of the run lies on memory.
     *
     * @throws SharedMemoryException FULL if the file system has no room: then some pages may have got memory
     */
    void back(Run run) {
        long start = offset(run.first) & -Memory.PAGE_BYTES;
        FileMemory.back(file.path(), start, pagesUp(offset(run.end)) - start);
    }

    /** Takes the memory of the pages that only slots of the run lie on. */
    void punch(Run run) {
        long bytes = ownPageBytes(run);
        if (bytes > 0) {
            FileMemory.punch(file.path(), ownPagesStart(run), bytes);
        }
    }

    /** What the file really takes. */
    long bytesTaken() {
        return FileStatus.of(file.path()).bytesTaken();
    }

    private long ownPagesStart(Run run) {
        return pagesUp(offset(run.first));
    }

    /** What is left of the last page behind the last block is nobody's. */
    private long ownPagesEnd(Run run) {
        return run.end == endSlot() ? pagesUp(offset(run.end)) : offset(run.end) & -Memory.PAGE_BYTES;
    }

    private static long pagesUp(long bytes) {
        return bytes + Memory.PAGE_BYTES - 1 & -Memory.PAGE_BYTES;
    }
}
