package io.arrowshm.internal.memory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.lang.ref.Reference;
import java.util.function.Supplier;

/**
 * The piece of memory that an array and all its views lie in. Whoever made it closes it before the memory goes away; from
 * then on every access to the array throws. It frees nothing. Any thread, but not closing while another thread reads.
 */
public final class ArrayMemory implements AutoCloseable {
    private final Supplier<String> name;
    private final long address;
    private final long length;
    private final Object owner;
    // Plain: a volatile read for every element would keep loops from being optimised.
    private boolean closed;

    /**
     * @param name for error messages
     * @param address of the first byte, a multiple of 64 for arrays that are created here
     * @param length bytes
     * @param owner kept reachable for as long as an array or a view of it is: what would free the memory when collected
     */
    public ArrayMemory(Supplier<String> name, long address, long length, Object owner) {
        this.name = name;
        this.address = address;
        this.length = length;
        this.owner = owner;
    }

    /** In bytes. */
    public long length() {
        return length;
    }

    /** What keeps the memory: the handle or the writer that it was made for. */
    public Object owner() {
        return owner;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Idempotent. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return name.get() + " (" + length + " bytes)";
    }

    /**
     * The address of a byte that is known to lie inside.
     *
     * @throws SharedMemoryException CLOSED
     */
    public long address(long offset) {
        if (closed) {
            throw closedException();
        }
        return address + offset;
    }

    /** Runs a copy that takes long; the owner is not collected before its end. */
    public void keepDuring(Runnable copy) {
        try {
            copy.run();
        } finally {
            Reference.reachabilityFence(owner);
        }
    }

    private SharedMemoryException closedException() {
        return new SharedMemoryException(
                Kind.CLOSED, "the array in " + name.get() + " is closed; copy what is needed for longer");
    }
}
