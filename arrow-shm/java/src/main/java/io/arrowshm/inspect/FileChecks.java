package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Hints;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Registry;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    static void beforeMapping(Path directory, PoolDescription description, Violations found) {
        lengths(description.slots()).forEach((name, bytes) -> checkFile(directory, name, bytes, found));
        checkRegistry(directory, description.slots(), found);
    }

    /** The rest. */
    static void whileMapped(PoolView pool, Violations found) {
        checkBoot(pool.description, found);
        checkPermissions(pool.directory, DIRECTORY_PERMISSIONS, pool.directory, found);
        for (String name : List.of(PoolFiles.SLABS, PoolFiles.NAMES, PoolFiles.INCOMING)) {
            checkPermissions(pool.directory.resolve(name), DIRECTORY_PERMISSIONS, pool.directory, found);
        }
        checkPermissions(pool.directory.resolve(PoolFiles.DESCRIPTION), FILE_PERMISSIONS, pool.directory, found);
        checkPermissions(pool.directory.resolve(PoolFiles.REGISTRY), FILE_PERMISSIONS, pool.directory, found);
        for (String name : lengths(pool.description.slots()).keySet()) {
            checkPermissions(pool.directory.resolve(name), FILE_PERMISSIONS, pool.directory, found);
        }
        pool.slabs.read().stream()
                .map(SlabEntries.Entry::file)
                .filter(Files::exists)
                .forEach(file -> checkPermissions(file, FILE_PERMISSIONS, pool.directory, found));
        try (DirectoryStream<Path> names = Files.newDirectoryStream(pool.directory.resolve(PoolFiles.NAMES))) {
            names.forEach(file -> checkPermissions(file, FILE_PERMISSIONS, pool.directory, found));
        } catch (IOException | DirectoryIteratorException e) {
            found.add(Invariant.FILES, PoolFiles.NAMES, "it cannot be listed: " + e);
        }
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

    private static void checkFile(Path directory, String name, long bytes, Violations found) {
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

    private static void checkRegistry(Path directory, int slots, Violations found) {
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

    private static void checkPermissions(Path file, int allowed, Path directory, Violations found) {
        String where = file.equals(directory)
                ? "the directory"
                : directory.relativize(file).toString();
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
