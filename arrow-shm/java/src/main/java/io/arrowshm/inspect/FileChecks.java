package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.directory.PoolFileChecks;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.SafePath;
import java.io.IOException;
import java.nio.file.Files;

/** What a pool's files are to be like besides what it needs to be opened, see {@link PoolFileChecks}. Stateless. */
final class FileChecks {
    private static final int DIRECTORY_PERMISSIONS = 0700;
    private static final int FILE_PERMISSIONS = 0600;

    private FileChecks() {}

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
        for (String name : PoolFileChecks.lengths(pool.description.slots()).keySet()) {
            checkPermissions(directory.resolve(name), FILE_PERMISSIONS, found);
        }
        pool.slabs.read().stream()
                .map(SlabEntries.Entry::file)
                .filter(file -> FileStatus.ifThere(file) != null)
                .forEach(file -> checkPermissions(file, FILE_PERMISSIONS, found));
        directory.resolve(PoolFiles.NAMES).list().forEach(file -> checkPermissions(file, FILE_PERMISSIONS, found));
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
