package io.arrowshm.internal.memory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How much room a shared-memory file system has, and the error that says that it has none. */
public final class FreeSpace {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private FreeSpace() {}

    /** Bytes that may still be taken: the file system's free space, or less if this process's control groups allow less. */
    public static long of(Path path) {
        try {
            FileStore store = Files.getFileStore(path);
            return Math.min(store.getUsableSpace(), CgroupMemory.ofThisProcess().allowance());
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.ABSENT, "cannot read the free space of " + path + ": " + e, e);
        }
    }

    /** Of the file system that a path is on. */
    public static long of(SafePath path) {
        return of(path.access());
    }

    /** The error for a file system that cannot give what is wanted. */
    public static SharedMemoryException full(SafePath path, long bytesWanted) {
        return new SharedMemoryException(
                Kind.FULL,
                String.format(
                        Locale.ROOT,
                        "shared memory is full: %s has %,d bytes free, wanted %,d; remove pools that are not used, or"
                                + " enlarge it (mount -o remount,size=…; docker run --shm-size=…)",
                        path,
                        of(path),
                        bytesWanted));
    }

    /** The error for private memory that the operating system does not give. */
    static SharedMemoryException noPrivateMemory(long bytesWanted, OutOfMemoryError cause) {
        String free;
        try {
            // Its third line: MemAvailable.
            free = Files.readAllLines(MEMORY).get(2);
        } catch (IOException | IndexOutOfBoundsException e) {
            free = MEMORY + " is not readable";
        }
        return new SharedMemoryException(
                Kind.FULL,
                String.format(
                        Locale.ROOT,
                        "there is no private memory for a segment: wanted %,d bytes, %s; make segments smaller, or give"
                                + " the host or container more memory",
                        bytesWanted,
                        free),
                cause);
    }
}
