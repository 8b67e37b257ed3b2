package io.arrowshm;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.directory.PoolNames;
import io.arrowshm.internal.layout.PoolFiles;
import java.io.Serializable;

/**
 * Which pool, and how it is made if it is not there yet.
 *
 * @param directory of a tmpfs; by default the environment variable ARROW_SHM_DIR, else /dev/shm
 * @param name letters, digits, '.', '_' and '-', not beginning with '.', at most 100
 * @param sizeBytes that all segments together may take; 0 for a quarter of what is free when the pool is made, and 4 GiB at
 *     most
 * @param slots segments that can exist at once
 * @param checksums whether a checksum is taken when a segment is sealed and compared when a process releases it: finds
 *     who writes where nobody may, at the price of reading everything twice
 */
public record PoolOptions(String directory, String name, long sizeBytes, int slots, boolean checksums)
        implements Serializable {
    public static final int DEFAULT_SLOTS = 65_536;

    public static final int MAX_SLOTS = PoolFiles.MAX_SLOTS;

    /** What a pool has at most whose size is left to the library. */
    public static final long MOST_BYTES_BY_DEFAULT = 4L << 30;

    public PoolOptions {
        check(PoolNames.NAME.matcher(name).matches(), "pool name=" + name + ", allowed " + PoolNames.NAME);
        check(
                sizeBytes >= 0,
                "pool size=" + sizeBytes + ", allowed 0 (a quarter of what is free, at most 4 GiB) and above");
        check(slots > 0 && slots <= MAX_SLOTS, "slots=" + slots + ", allowed 1 to " + MAX_SLOTS);
    }

    /** A pool of that name with defaults for the rest. */
    public static PoolOptions named(String name) {
        return new PoolOptions(defaultDirectory(), name, 0, DEFAULT_SLOTS, false);
    }

    /** The environment variable ARROW_SHM_DIR, else /dev/shm. */
    public static String defaultDirectory() {
        return System.getenv().getOrDefault("ARROW_SHM_DIR", "/dev/shm");
    }

    public PoolOptions withDirectory(String newDirectory) {
        return new PoolOptions(newDirectory, name, sizeBytes, slots, checksums);
    }

    public PoolOptions withSizeBytes(long newSizeBytes) {
        return new PoolOptions(directory, name, newSizeBytes, slots, checksums);
    }

    public PoolOptions withSlots(int newSlots) {
        return new PoolOptions(directory, name, sizeBytes, newSlots, checksums);
    }

    public PoolOptions withChecksums(boolean newChecksums) {
        return new PoolOptions(directory, name, sizeBytes, slots, newChecksums);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new SharedMemoryException(Kind.ARGUMENT, message);
        }
    }
}
