package io.arrowshm.internal.core;

import io.arrowshm.internal.memory.Memory;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A segment on the Java heap: for those who keep segments and close none, such as Flink's state and windows. The collector
 * sees how large it is, as it would not of native memory behind a small handle. Vectors need an address: for as long as
 * handles are open the bytes are in native memory as well, from the first time that somebody asks for it.
 */
public final class HeapMemory implements SegmentMemory {
    /** A length that is read from a damaged stream takes no more than this before the stream ends. */
    private static final int CHUNK_BYTES = 64 << 20;

    private static final long SMALLEST_NATIVE_LIMIT =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 8);
    private static final AtomicLong NATIVE_BYTES = new AtomicLong();
    private static final AtomicLong NATIVE_LIMIT = new AtomicLong(SMALLEST_NATIVE_LIMIT);

    private final List<byte[]> chunks;
    private final long length;
    private @Nullable PrivateMemory nativeCopy;
    private int count = 1;

    private HeapMemory(List<byte[]> chunks, long length) {
        this.chunks = chunks;
        this.length = length;
    }

    public static HeapMemory copyOf(SegmentMemory memory) {
        if (memory instanceof HeapMemory heap) {
            return new HeapMemory(heap.chunks, heap.length);
        }
        List<byte[]> chunks = new ArrayList<>();
        for (long done = 0; done < memory.length(); done += CHUNK_BYTES) {
            int bytes = (int) Math.min(CHUNK_BYTES, memory.length() - done);
            chunks.add(Memory.bytes(memory.address() + done, bytes));
        }
        return new HeapMemory(chunks, memory.length());
    }

    public static HeapMemory read(DataInput in, long length) throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        for (long done = 0; done < length; done += CHUNK_BYTES) {
            byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, length - done)];
            in.readFully(chunk);
            chunks.add(chunk);
        }
        return new HeapMemory(chunks, length);
    }

    @Override
    public synchronized long address() {
        if (nativeCopy == null) {
            collectIfNeeded(length);
            PrivateMemory copy = PrivateMemory.allocate(length);
            copyTo(copy.address());
            NATIVE_BYTES.addAndGet(length);
            nativeCopy = copy;
        }
        return nativeCopy.address();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public synchronized void retain() {
        count++;
    }

    @Override
    public synchronized void release() {
        if (--count == 0 && nativeCopy != null) {
            nativeCopy.release();
            nativeCopy = null;
            NATIVE_BYTES.addAndGet(-length);
        }
    }

    @Override
    public @Nullable PooledMemory pooled() {
        return null;
    }

    @Override
    public String describe() {
        return "segment of " + length + " bytes on the heap";
    }

    @Override
    public void copyTo(long address) {
        long to = address;
        for (byte[] chunk : chunks) {
            Memory.copy(chunk, 0, to, chunk.length);
            to += chunk.length;
        }
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        for (byte[] chunk : chunks) {
            out.write(chunk);
        }
    }

    /** Native memory of handles that nobody closes goes with them: but only if somebody collects. */
    private static void collectIfNeeded(long bytes) {
        long limit = NATIVE_LIMIT.get();
        if (NATIVE_BYTES.get() + bytes > limit) {
            ForgottenHandles.collect(() -> NATIVE_BYTES.get() + bytes <= limit);
            // What is still there is in use: it must double before it is worth another collection.
            NATIVE_LIMIT.set(Math.max(SMALLEST_NATIVE_LIMIT, 2 * NATIVE_BYTES.get()));
        }
    }
}
