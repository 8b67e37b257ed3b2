package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of a pool. A manifest is written aside and renamed, so that a reader, who needs no lock, sees the old or
 * the new. Any thread; changes under the names lock.
 */
final class ManifestFiles {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ASIDE = ".";

    private final SafePath directory;
    private final int slots;

    ManifestFiles(SafePath directory, int slots) {
        this.directory = directory;
        this.slots = slots;
    }

    /**
     * Null if there is none.
     *
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION
     */
    @Nullable
    Manifest read(String name) {
        SafePath file = file(name);
        byte[] bytes;
        try {
            bytes = PrivateFiles.read(file, ManifestFormat.MAX_BYTES + 1);
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.ABSENT) {
                return null;
            }
            throw e;
        }
        return ManifestFormat.read(bytes, file.toString(), slots);
    }

    /** Throws what is no damage of a manifest, but a failure to look at it. */
    static void requireDamage(SharedMemoryException e) {
        if (e.kind() != Kind.CORRUPT && e.kind() != Kind.WRONG_VERSION) {
            throw e;
        }
    }

    boolean exists(String name) {
        return FileStatus.ifThere(file(name)) != null;
    }

    /** Names of all datasets, sorted. */
    List<String> names() {
        return directory.list().stream()
                .map(file -> ManifestName.ofFile(file.name()))
                .filter(Objects::nonNull)
                .sorted()
                .toList();
    }

    /** What is neither a manifest, nor the lock, nor a file that was written aside. */
    List<SafePath> strangers() {
        return directory.list().stream()
                .filter(file -> !isAside(file)
                        && !file.name().equals(PoolFiles.NAMES_LOCK)
                        && ManifestName.ofFile(file.name()) == null)
                .toList();
    }

    /** Writes a manifest that nobody sees yet; leaves nothing behind if it fails. */
    SafePath writeAside(byte[] manifest) {
        SafePath file = directory.resolve(ASIDE + Long.toHexString(RANDOM.nextLong()));
        try {
            PrivateFiles.createFile(file);
            try (FileOutputStream out = new FileOutputStream(file.access().toFile())) {
                out.write(manifest);
            }
            return file;
        } catch (IOException e) {
            PrivateFiles.delete(file);
            if (FreeSpace.of(directory) < manifest.length) {
                throw FreeSpace.full(directory, manifest.length);
            }
            throw new SharedMemoryException(Kind.SYSTEM, "cannot write " + file + ": " + e, e);
        }
    }

    /** From one instant to the next readers see what was written aside. */
    void publish(SafePath aside, String name) {
        move(aside, file(name));
    }

    void rename(String name, String newName) {
        move(file(name), file(newName));
    }

    void delete(String name) {
        PrivateFiles.delete(file(name));
    }

    NamesWatch watch() {
        return new NamesWatch(directory);
    }

    /** Files that were written aside: nobody's, if the caller has the names lock. */
    List<SafePath> leftAside() {
        return directory.list().stream().filter(ManifestFiles::isAside).toList();
    }

    private static boolean isAside(SafePath file) {
        return file.name().startsWith(ASIDE);
    }

    private static void move(SafePath from, SafePath to) {
        try {
            Files.move(from.access(), to.access(), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no " + from, e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot rename " + from + " to " + to + ": " + e, e);
        }
    }

    private SafePath file(String name) {
        return directory.resolve(ManifestName.toFile(name));
    }
}
