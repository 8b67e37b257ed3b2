package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/**
 * One whole file of a pool, mapped once for reading and writing, above 2 GiB too. Only pages that are backed may be
 * touched: a hole of a full tmpfs kills the JVM. Any thread may use the address until {@link #close()}.
 */
public final class MappedFile implements AutoCloseable {
    private final SafePath path;
    private final long address;
    private final long length;
    private boolean closed;

    private MappedFile(SafePath path, long address, long length) {
        this.path = path;
        this.address = address;
        this.length = length;
    }

    /**
     * Creates a file of zeros, private to the user, backed by memory.
     *
     * @param length in bytes
     * @throws SharedMemoryException FULL if the file system has no room: then no file is left
     */
    public static void create(SafePath path, long length) {
        FileMemory.create(path, length);
        try {
            FileMemory.back(path, 0, length);
        } catch (SharedMemoryException e) {
            PrivateFiles.delete(path);
            throw e;
        }
    }

    /**
     * Maps an existing file as long as it is.
     *
     * @throws SharedMemoryException CORRUPT if it is empty; ABSENT, NO_PERMISSION or SYSTEM
     */
    public static MappedFile map(SafePath path) {
        int descriptor = LibC.openForWriting(path);
        try {
            long length = FileStatus.of(descriptor, path).bytes();
            if (length == 0) {
                throw new SharedMemoryException(Kind.CORRUPT, path + " is cut: it is empty");
            }
            long address = LibC.mmap(0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, 0);
            if (address == LibC.MAP_FAILED) {
                throw new SharedMemoryException(Kind.SYSTEM, "mmap of " + path + " failed, length=" + length);
            }
            return new MappedFile(path, address, length);
        } catch (LastErrorException e) {
            throw new SharedMemoryException(
                    Kind.SYSTEM, "mmap of " + path + " failed: " + e.getMessage() + " (see vm.max_map_count)", e);
        } finally {
            LibC.close(descriptor);
        }
    }

    /**
     * Maps an existing file that is known to have a length.
     *
     * @throws SharedMemoryException CORRUPT if it is shorter; ABSENT, NO_PERMISSION or SYSTEM
     */
    public static MappedFile map(SafePath path, long minimumLength) {
        MappedFile mapped = map(path);
        if (mapped.length < minimumLength) {
            mapped.close();
            throw new SharedMemoryException(
                    Kind.CORRUPT, path + " is cut: it has " + mapped.length + " bytes of " + minimumLength);
        }
        return mapped;
    }

    public long address() {
        return address;
    }

    /** In bytes. */
    public long length() {
        return length;
    }

    /** Unmaps; the caller knows that nobody uses the address any more. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.munmap(address, length);
        }
    }

    @Override
    public String toString() {
        return path + " (" + length + " bytes)";
    }
}
