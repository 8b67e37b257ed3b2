package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.util.Set;

/**
 * What a pool's directory has in it, and how it is deleted: only what a pool can have, from the open directory, and nothing
 * at all if there is anything else, since then it is not known to be a pool's. Stateless.
 */
final class PoolContents {
    private static final Set<String> FILES = Set.of(
            PoolFiles.DESCRIPTION,
            PoolFiles.REGISTRY,
            PoolFiles.RECORDS,
            PoolFiles.GENERATIONS,
            PoolFiles.HINTS,
            PoolFiles.LEASES,
            PoolFiles.PARTICIPANTS,
            PoolFiles.EPOCHS,
            PoolFiles.CHANNELS);

    private PoolContents() {}

    /**
     * Deletes a pool's directory with what is in it.
     *
     * @param pool the directory, open
     * @param named under which name it was opened; what has that name now is deleted only if it is the same
     * @throws SharedMemoryException CORRUPT, before anything is deleted, if something in it is no pool's
     */
    static void delete(DirectoryHandle pool, SafePath named) {
        requireNothingElse(pool.path());
        // First: without it nobody takes the rest for a pool, should this process be killed.
        deleteFile(pool.path().resolve(PoolFiles.DESCRIPTION));
        for (SafePath entry : pool.path().list()) {
            if (PoolFiles.DIRECTORIES.contains(entry.name())) {
                try (DirectoryHandle directory = DirectoryHandle.openPrivate(entry)) {
                    directory.path().list().forEach(PoolContents::deleteFile);
                }
                PrivateFiles.deleteDirectory(entry);
            } else {
                deleteFile(entry);
            }
        }
        FileStatus now = FileStatus.ifThere(named);
        if (now != null && now.identity().equals(pool.status().identity())) {
            PrivateFiles.deleteDirectory(named);
        }
    }

    private static void deleteFile(SafePath file) {
        PrivateFiles.delete(file);
        FaultPoint.REMOVING_POOL_FILES.reached();
    }

    /**
     * Refuses what could not be deleted.
     *
     * @throws SharedMemoryException CORRUPT if something in it is no pool's
     */
    static void requireNothingElse(SafePath pool) {
        for (SafePath entry : pool.list()) {
            boolean isDirectory = isDirectory(entry);
            require(isDirectory ? PoolFiles.DIRECTORIES.contains(entry.name()) : FILES.contains(entry.name()), entry);
            if (isDirectory) {
                entry.list().forEach(file -> require(!isDirectory(file), file));
            }
        }
    }

    private static boolean isDirectory(SafePath entry) {
        FileStatus status = FileStatus.ifThere(entry);
        return status != null && status.type() == FileStatus.Type.DIRECTORY;
    }

    private static void require(boolean condition, SafePath entry) {
        if (!condition) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    entry + " is nothing that a pool has, so that the pool is not removed; remove it by hand");
        }
    }
}
