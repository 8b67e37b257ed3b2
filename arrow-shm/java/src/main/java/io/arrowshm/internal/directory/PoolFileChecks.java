package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Hints;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Registry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be said of a pool's files before any is mapped, whoever opens it and for whatever. A file that is too short, or
 * has a hole, would kill the JVM that maps and reads it; whoever goes through a link leaves the pool. Stateless.
 */
public final class PoolFileChecks {
    private PoolFileChecks() {}

    /**
     * Why a pool cannot be opened.
     *
     * @param file of it
     * @param reason ABSENT, NO_PERMISSION or CORRUPT
     */
    public record Problem(String file, SharedMemoryException reason) {}

    /** The files that every pool has, but for pool.json and the registry, and how long each is. */
    public static Map<String, Long> lengths(int slots) {
        Map<String, Long> lengths = new LinkedHashMap<>();
        lengths.put(PoolFiles.PARTICIPANTS, Participants.bytes());
        lengths.put(PoolFiles.EPOCHS, Epochs.bytes());
        lengths.put(PoolFiles.CHANNELS, Channels.bytes());
        lengths.put(PoolFiles.GENERATIONS, (long) slots * PoolFiles.GENERATION_BYTES);
        lengths.put(PoolFiles.HINTS, Hints.bytes(slots));
        lengths.put(PoolFiles.LEASES, (long) PoolFiles.LEASES_BYTES);
        lengths.put(PoolFiles.NAMES + "/" + PoolFiles.NAMES_LOCK, (long) NamesRecord.BYTES);
        lengths.put(PoolFiles.RECORDS, Registry.offsetsBytes(slots));
        lengths.put(PoolFiles.SLABS + "/" + PoolFiles.SLAB_TABLE, SlabEntries.tableBytes(slots));
        return lengths;
    }

    /** All that is wrong; nothing if the pool can be opened. */
    public static List<Problem> look(SafePath pool, int slots) {
        List<Problem> found = new ArrayList<>();
        PoolFiles.DIRECTORIES.forEach(
                name -> add(found, name, () -> statusOf(pool.resolve(name), FileStatus.Type.DIRECTORY)));
        lengths(slots).forEach((name, bytes) -> add(found, name, () -> requireLength(pool.resolve(name), bytes)));
        add(found, PoolFiles.REGISTRY, () -> requireRegistry(pool.resolve(PoolFiles.REGISTRY), slots));
        return found;
    }

    private static void add(List<Problem> found, String name, Runnable check) {
        try {
            check.run();
        } catch (SharedMemoryException e) {
            found.add(new Problem(name, e));
        }
    }

    private static FileStatus statusOf(SafePath path, FileStatus.Type type) {
        FileStatus status = FileStatus.of(path);
        status.requirePrivate(path, type);
        return status;
    }

    private static void requireLength(SafePath path, long bytes) {
        FileStatus status = statusOf(path, FileStatus.Type.FILE);
        require(status.bytes() == bytes, path + " has " + status.bytes() + " bytes, it must have " + bytes);
        require(
                status.bytesTaken() >= status.bytes(),
                path + " has memory for " + status.bytesTaken() + " of its " + status.bytes() + " bytes");
    }

    private static void requireRegistry(SafePath path, int slots) {
        FileStatus status = statusOf(path, FileStatus.Type.FILE);
        // How much more than the records it has is Chronicle Map's affair.
        require(
                status.bytes() >= (long) slots * SlotRecord.BYTES,
                path + " has " + status.bytes() + " bytes, too few for " + slots + " slots");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new SharedMemoryException(Kind.CORRUPT, otherwise + ": remove the pool");
        }
    }
}
