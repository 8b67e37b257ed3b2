package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.util.Arrays;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.RootAllocator;

/**
 * The one root allocator of this process: Arrow buffers cannot cross roots. Below it, the allocator of a segment that is
 * being written allocates from the segment's arena and every other one from private memory. Any thread.
 */
public final class ArrowMemory {
    private static final ArenaDispatch DISPATCH = new ArenaDispatch();
    private static final RootAllocator ROOT = new RootAllocator(RootAllocator.configBuilder()
            .allocationManagerFactory(DISPATCH)
            // Arrow rounds to powers of two by itself, which would waste up to half of an arena.
            .roundingPolicy(ArrowMemory::align)
            .build());

    // Grows by doubling; the smaller ones stay, since segments that are being written may have slices of them.
    private static volatile ArrowBuf[] ones = {allocateFilled(1 << 16, (byte) -1)};

    private static final ArrowBuf ZEROS = allocateFilled(Long.BYTES, (byte) 0);

    private ArrowMemory() {}

    public static BufferAllocator root() {
        return ROOT;
    }

    /** Allocates private memory, as {@code arrow-memory-unsafe} does, for which there is no release beside this core. */
    public static AllocationManager.Factory privateMemory() {
        return PrivateAllocation.FACTORY;
    }

    /** A multiple of 64, as Arrow recommends for the start of every buffer. */
    public static long align(long bytes) {
        return bytes + 63 & ~63L;
    }

    /** An allocator whose buffers, and those of its children, lie in the arena. To be given to {@link #detach}. */
    static BufferAllocator arenaAllocator(Arena arena) {
        return DISPATCH.attach(ROOT, arena);
    }

    static void detach(BufferAllocator allocator) {
        DISPATCH.detach(allocator);
        // With buffers still out Arrow refuses to close it and then refuses their release as well.
        if (allocator.getAllocatedMemory() == 0) {
            allocator.close();
        }
    }

    /** Memory that is not Arrow's as a buffer; the action runs when its last slice is released. */
    static ArrowBuf wrap(long address, long length, Runnable whenReleased) {
        return ROOT.wrapForeignAllocation(new ForeignAllocation(length, address) {
            @Override
            protected void release0() {
                whenReleased.run();
            }
        });
    }

    /**
     * A validity buffer that says that nothing is null: a slice, with a reference of its own, of one buffer that all
     * vectors share. Without it Arrow allocates and fills a bitmap for every vector it loads.
     */
    public static ArrowBuf allValid(long values) {
        long bytes = (values + 7) / 8;
        ArrowBuf[] all = ones;
        ArrowBuf largest = all[all.length - 1];
        ArrowBuf slice = (bytes <= largest.capacity() ? largest : growOnes(bytes)).slice(0, bytes);
        slice.getReferenceManager().retain();
        slice.writerIndex(bytes);
        return slice;
    }

    /** Whether the buffer is a slice of the shared validity buffer. */
    static boolean isAllValid(ArrowBuf buffer) {
        for (ArrowBuf one : ones) {
            long offset = buffer.memoryAddress() - one.memoryAddress();
            if (offset >= 0 && offset < one.capacity()) {
                return true;
            }
        }
        return false;
    }

    /** The one offset of no values, without a reference of its own. */
    static ArrowBuf zeroOffset() {
        return ZEROS;
    }

    private static synchronized ArrowBuf growOnes(long bytes) {
        ArrowBuf[] all = ones;
        ArrowBuf largest = all[all.length - 1];
        if (bytes > largest.capacity()) {
            largest = allocateFilled(Math.max(bytes, 2 * largest.capacity()), (byte) -1);
            all = Arrays.copyOf(all, all.length + 1);
            all[all.length - 1] = largest;
            ones = all;
        }
        return largest;
    }

    private static ArrowBuf allocateFilled(long bytes, byte value) {
        ArrowBuf buffer = ROOT.buffer(bytes);
        Memory.fill(buffer.memoryAddress(), buffer.capacity(), value);
        return buffer;
    }
}
