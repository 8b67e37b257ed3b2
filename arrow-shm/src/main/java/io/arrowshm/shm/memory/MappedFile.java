package io.arrowshm.shm.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One whole file of a pool, mapped once for reading and writing, above 2 GiB too. Every page is backed before it is
 * mapped, since touching a hole of a full tmpfs kills the JVM. Any thread may use the address until {@link #close()}.
 */
public final class MappedFile implements AutoCloseable {
    private final Path path;
    private final long address;
    private final long length;
    private boolean closed;

    private MappedFile(Path path, long address, long length) {
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
    public static void create(Path path, long length) {
        try {
            PrivateFiles.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new SharedMemoryException(Kind.IN_USE, path + " exists already", e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot create " + path + ": " + e, e);
        }
        int descriptor = LibC.openForWriting(path);
        try {
            allocate(path, descriptor, length);
        } catch (SharedMemoryException e) {
            delete(path);
            throw e;
        } finally {
            LibC.close(descriptor);
        }
    }

    /**
     * Maps an existing file as long as it is.
     *
     * @throws SharedMemoryException ABSENT, NO_PERMISSION or SYSTEM
     */
    public static MappedFile map(Path path) {
        int descriptor = LibC.openForWriting(path);
        try {
            long length = Files.size(path);
            long address = LibC.mmap(0, length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED, descriptor, 0);
            if (address == LibC.MAP_FAILED) {
                throw new SharedMemoryException(Kind.SYSTEM, "mmap of " + path + " failed, length=" + length);
            }
            return new MappedFile(path, address, length);
        } catch (LastErrorException e) {
            throw new SharedMemoryException(
                    Kind.SYSTEM, "mmap of " + path + " failed: " + e.getMessage() + " (see vm.max_map_count)", e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot read the size of " + path + ": " + e, e);
        } finally {
            LibC.close(descriptor);
        }
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

    private static void allocate(Path path, int descriptor, long length) {
        while (true) {
            try {
                LibC.fallocate(descriptor, 0, 0, length);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == LibC.ENOSPC) {
                    throw FreeSpace.full(path, length);
                }
                if (e.getErrorCode() != LibC.EINTR) {
                    throw new SharedMemoryException(
                            Kind.SYSTEM, "fallocate of " + path + " failed: " + e.getMessage(), e);
                }
            }
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot delete " + path + ": " + e, e);
        }
    }
}
