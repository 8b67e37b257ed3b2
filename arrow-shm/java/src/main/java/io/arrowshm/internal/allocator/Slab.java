package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.memory.FileMemory;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Hints;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Equal blocks in one file, and whose they were when this was made: slots leave a slab for another one and never come back.
 * A page has memory if a block that is not unbacked lies on it. Any thread; memory is given and taken under the creation
 * lock.
 */
final class Slab {
    private static final int NOBODY = -1;
    private static final int RUN = 3;

    private final SlabFile file;
    private final int sizeClass;
    private final long blockBytes;
    private final int[] slotOfBlock;
    /** Of slots that follow each other in the slab too: the first, one past the last, and the block of the first. */
    private final int[] runs;

    private final long anyPlace;

    /** @param slotOfBlock for each block its slot, or -1 */
    private Slab(SlabFile file, int sizeClass, int[] slotOfBlock) {
        this.file = file;
        this.sizeClass = sizeClass;
        this.slotOfBlock = slotOfBlock;
        blockBytes = SizeClasses.blockBytes(sizeClass);
        runs = runs(slotOfBlock);
        anyPlace = Place.of(file.number(), sizeClass, 0);
    }

    /** A slab that has a block for each of these slots, in their order. */
    static Slab of(SlabFile file, long blockBytes, int... slots) {
        return new Slab(file, SizeClasses.sizeClass(blockBytes), slots.clone());
    }

    /** A slab that slots are found to lie in. */
    static final class Builder {
        private final SlabFile file;
        private final int sizeClass;
        private int[] slotOfBlock = {};
        private int blocks;

        Builder(SlabFile file, int sizeClass) {
            this.file = file;
            this.sizeClass = sizeClass;
        }

        void add(int slot, int block) {
            int before = slotOfBlock.length;
            if (block >= before) {
                slotOfBlock = Arrays.copyOf(slotOfBlock, Math.max(block + 1, Math.min(2 * before, Place.MAX_BLOCKS)));
                Arrays.fill(slotOfBlock, before, slotOfBlock.length, NOBODY);
            }
            slotOfBlock[block] = slot;
            blocks = Math.max(blocks, block + 1);
        }

        Slab build() {
            return new Slab(file, sizeClass, Arrays.copyOf(slotOfBlock, blocks));
        }
    }

    SlabFile file() {
        return file;
    }

    int sizeClass() {
        return sizeClass;
    }

    long blockBytes() {
        return blockBytes;
    }

    /** In the order of their blocks. */
    IntStream slots() {
        return Arrays.stream(slotOfBlock).filter(slot -> slot != NOBODY);
    }

    int slotCount() {
        return (int) slots().count();
    }

    /** Whether a slot with that place lies in it. */
    boolean has(long place) {
        return Place.isOfOneSlab(place, anyPlace);
    }

    /** Where in the file the block of a place begins. */
    long offsetAt(long place) {
        return Place.block(place) * blockBytes;
    }

    /** Where in the file the block of a slot begins that lay in it when this was made; -1 for others. */
    long offsetOf(int slot) {
        for (int i = 0; i < runs.length; i += RUN) {
            if (slot >= runs[i] && slot < runs[i + 1]) {
                return (runs[i + 2] + slot - runs[i]) * blockBytes;
            }
        }
        return NOBODY;
    }

    /** Bytes that its file has at least. */
    long fileBytes() {
        return pageBytes(slotOfBlock.length, blockBytes);
    }

    /** The caller has a claim on the slot. */
    Block block(int slot, long place) {
        return new Block(slot, file.address(offsetAt(place), blockBytes), blockBytes);
    }

    /** A slot of it that is perhaps free, the lowest first, whose hint is taken away; or -1. */
    int takeHint(Hints hints) {
        for (int i = 0; i < runs.length; i += RUN) {
            int slot = hints.take(runs[i], runs[i + 1]);
            if (slot >= 0) {
                return slot;
            }
        }
        return -1;
    }

    /** Bytes of all pages that so many blocks lie on. */
    static long pageBytes(long blocks, long blockBytes) {
        return blocks * blockBytes + Memory.PAGE_BYTES - 1 & -Memory.PAGE_BYTES;
    }

    /** The pages that blocks of such slots lie on. */
    BitSet pages(IntPredicate slots) {
        BitSet pages = new BitSet();
        for (int block = 0; block < slotOfBlock.length; block++) {
            if (slotOfBlock[block] != NOBODY && slots.test(slotOfBlock[block])) {
                pages.set(firstPage(block), endPage(block));
            }
        }
        return pages;
    }

    /** The slots whose blocks lie on other pages too than these. */
    IntStream slotsBeyond(BitSet pages) {
        return IntStream.range(0, slotOfBlock.length)
                .filter(block -> slotOfBlock[block] != NOBODY && pages.nextClearBit(firstPage(block)) < endPage(block))
                .map(block -> slotOfBlock[block]);
    }

    /**
     * The first slots of a kind whose blocks lie on so few pages, beside those that have memory.
     *
     * @param withMemory pages; those of the slots are added
     */
    int[] firstSlots(IntPredicate kind, int mostSlots, long mostPages, BitSet withMemory) {
        IntStream.Builder slots = IntStream.builder();
        int count = 0;
        long pagesLeft = mostPages;
        for (int block = 0; block < slotOfBlock.length && count < mostSlots; block++) {
            if (slotOfBlock[block] != NOBODY && kind.test(slotOfBlock[block])) {
                int first = firstPage(block);
                int end = endPage(block);
                pagesLeft -= end - first - withMemory.get(first, end).cardinality();
                if (pagesLeft < 0) {
                    break;
                }
                withMemory.set(first, end);
                slots.add(slotOfBlock[block]);
                count++;
            }
        }
        return slots.build().toArray();
    }

    /** Creates the file, without any memory. */
    void createFile() {
        FileMemory.create(file.path(), fileBytes());
    }

    /**
     * Gives pages memory.
     *
     * @throws SharedMemoryException FULL if the file system has no room: then some pages may have got memory
     */
    void back(BitSet pages) {
        for (int page = pages.nextSetBit(0); page >= 0; ) {
            int end = pages.nextClearBit(page);
            FileMemory.back(file.path(), bytes(page), bytes(end - page));
            page = pages.nextSetBit(end);
        }
    }

    /** Takes the memory of all pages but these. */
    void punchAllBut(BitSet pages) {
        // Where an adopter has died there may be memory behind the file's end.
        long bytes = Math.max(file.status().bytes(), fileBytes());
        int filePages = Math.toIntExact((bytes + Memory.PAGE_BYTES - 1) / Memory.PAGE_BYTES);
        for (int page = pages.nextClearBit(0); page < filePages; ) {
            int next = pages.nextSetBit(page);
            int end = next < 0 ? filePages : next;
            FileMemory.punch(file.path(), bytes(page), bytes(end - page));
            page = pages.nextClearBit(end);
        }
    }

    /** Bytes of so many pages. */
    static long bytes(int pages) {
        return (long) pages * Memory.PAGE_BYTES;
    }

    private int firstPage(int block) {
        return (int) (block * blockBytes / Memory.PAGE_BYTES);
    }

    private int endPage(int block) {
        return (int) (pageBytes(block + 1L, blockBytes) / Memory.PAGE_BYTES);
    }

    private static int[] runs(int[] slots) {
        IntStream.Builder runs = IntStream.builder();
        for (int block = 0; block < slots.length; ) {
            int end = block + 1;
            if (slots[block] != NOBODY) {
                while (end < slots.length && slots[end] == slots[end - 1] + 1) {
                    end++;
                }
                runs.add(slots[block]).add(slots[end - 1] + 1).add(block);
            }
            block = end;
        }
        return runs.build().toArray();
    }
}
