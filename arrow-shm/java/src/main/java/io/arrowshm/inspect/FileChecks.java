package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.directory.PoolDescription;
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
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What can be said of a pool's files before any is mapped. A file that is too short, or has a hole, would kill the JVM
 * that maps and reads it: with such violations nothing else is looked at. Stateless.
 */
final class FileChecks {
    private static final int DIRECTORY_PERMISSIONS = 0700;
    private static final int FILE_PERMISSIONS = 0600;

    private FileChecks() {}

    /** Whatever is found here keeps the pool from being opened. */
    static void beforeMapping(SafePath directory, PoolDescription description, Violations found) {
        PoolFiles.DIRECTORIES.forEach(name -> checkType(directory, name, FileStatus.Type.DIRECTORY, found));
        lengths(description.slots()).forEach((name, bytes) -> {
            checkType(directory, name, FileStatus.Type.FILE, found);
            checkFile(directory, name, bytes, found);
        });
        checkType(directory, PoolFiles.REGISTRY, FileStatus.Type.FILE, found);
        checkRegistry(directory, description.slots(), found);
    }

    /** The rest. */
    static void whileMapped(PoolView pool, Violations found) {
        checkBoot(pool.description, found);
        checkSize(pool, found);
        SafePath directory = pool.directory.path();
        checkPermissions(directory, DIRECTORY_PERMISSIONS, found);
        for (String name : PoolFiles.DIRECTORIES) {
            checkPermissions(directory.resolve(name), DIRECTORY_PERMISSIONS, found);
        }
        checkPermissions(directory.resolve(PoolFiles.DESCRIPTION), FILE_PERMISSIONS, found);
        checkPermissions(directory.resolve(PoolFiles.REGISTRY), FILE_PERMISSIONS, found);
        for (String name : lengths(pool.description.slots()).keySet()) {
            checkPermissions(directory.resolve(name), FILE_PERMISSIONS, found);
        }
        pool.slabs.read().stream()
                .map(SlabEntries.Entry::file)
                .filter(file -> FileStatus.ifThere(file) != null)
                .forEach(file -> checkPermissions(file, FILE_PERMISSIONS, found));
        directory.resolve(PoolFiles.NAMES).list().forEach(file -> checkPermissions(file, FILE_PERMISSIONS, found));
    }

    private static Map<String, Long> lengths(int slots) {
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

    private static void checkType(SafePath directory, String name, FileStatus.Type type, Violations found) {
        try {
            SafePath path = directory.resolve(name);
            FileStatus.of(path).requirePrivate(path, type);
        } catch (SharedMemoryException e) {
            found.add(Invariant.FILES, name, e.getMessage());
        }
    }

    private static void checkFile(SafePath directory, String name, long bytes, Violations found) {
        try {
            FileStatus status = FileStatus.of(directory.resolve(name));
            found.addUnless(
                    status.bytes() == bytes,
                    Invariant.FILES,
                    name,
                    "it has " + status.bytes() + " bytes, it must have " + bytes);
            found.addUnless(
                    status.bytesTaken() >= status.bytes(),
                    Invariant.FILES,
                    name,
                    "it has memory for " + status.bytesTaken() + " of its " + status.bytes() + " bytes");
        } catch (SharedMemoryException e) {
            found.add(Invariant.FILES, name, e.getMessage());
        }
    }

    private static void checkRegistry(SafePath directory, int slots, Violations found) {
        try {
            FileStatus status = FileStatus.of(directory.resolve(PoolFiles.REGISTRY));
            // How much more than the records it has is Chronicle Map's affair.
            found.addUnless(
                    status.bytes() >= (long) slots * SlotRecord.BYTES,
                    Invariant.FILES,
                    PoolFiles.REGISTRY,
                    "it has " + status.bytes() + " bytes, too few for " + slots + " slots");
        } catch (SharedMemoryException e) {
            found.add(Invariant.FILES, PoolFiles.REGISTRY, e.getMessage());
        }
    }

    private static void checkSize(PoolView pool, Violations found) {
        try {
            long total = Files.getFileStore(pool.directory.shown()).getTotalSpace();
            // A tmpfs without a limit has 0.
            found.addUnless(
                    total == 0 || pool.description.sizeBytes() <= total,
                    Invariant.DESCRIPTION,
                    PoolFiles.DESCRIPTION,
                    "its size is " + pool.description.sizeBytes() + " bytes, its file system has " + total
                            + " altogether");
        } catch (IOException e) {
            found.add(Invariant.FILES, "the directory", "its file system cannot be looked at: " + e);
        }
    }

    private static void checkBoot(PoolDescription description, Violations found) {
        try {
            String here = PoolDescription.hostBootId();
            found.addUnless(
                    here.equals(description.bootId()),
                    Invariant.BOOT,
                    PoolFiles.DESCRIPTION,
                    "boot id=" + description.bootId() + ", this host has " + here);
        } catch (IOException e) {
            found.add(Invariant.BOOT, PoolFiles.DESCRIPTION, "this host does not tell its boot id: " + e);
        }
    }

    private static void checkPermissions(SafePath file, int allowed, Violations found) {
        String where = file.relative().isEmpty() ? "the directory" : file.relative();
        try {
            int permissions = FileStatus.of(file).permissions();
            found.addUnless(
                    permissions == allowed,
                    Invariant.PERMISSIONS,
                    where,
                    "its mode is 0" + Integer.toOctalString(permissions) + ", it must be 0"
                            + Integer.toOctalString(allowed));
        } catch (SharedMemoryException e) {
            found.add(Invariant.FILES, where, e.getMessage());
        }
    }
}
