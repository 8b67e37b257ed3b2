package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FreeSpace;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of a pool. A manifest is written aside and renamed, so that a reader, who needs no lock, sees the old or
 * the new. Any thread; changes under the names lock.
 */
final class ManifestFiles {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char SEPARATOR = '+';
    // One may be published between looking for it and finding out why it is not there.
    private static final int READ_ATTEMPTS = 100;

    private final Path directory;
    private final int slots;

    ManifestFiles(Path directory, int slots) {
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
        Path file = file(name);
        for (int attempt = 1; ; attempt++) {
            // Not through a channel, which an interrupt would close.
            try (FileInputStream in = new FileInputStream(file.toFile())) {
                return ManifestFormat.read(in.readNBytes(ManifestFormat.MAX_BYTES + 1), file.toString(), slots);
            } catch (FileNotFoundException e) {
                // Also what it throws for want of descriptors: such a dataset must not be taken for one that is gone.
                if (Files.notExists(file)) {
                    return null;
                }
                if (attempt == READ_ATTEMPTS) {
                    throw new SharedMemoryException(Kind.SYSTEM, "cannot open " + file + ": " + e.getMessage(), e);
                }
            } catch (IOException e) {
                throw new SharedMemoryException(Kind.SYSTEM, "cannot read " + file + ": " + e, e);
            }
        }
    }

    /** Throws what is no damage of a manifest, but a failure to look at it. */
    static void requireDamage(SharedMemoryException e) {
        if (e.kind() != Kind.CORRUPT && e.kind() != Kind.WRONG_VERSION) {
            throw e;
        }
    }

    boolean exists(String name) {
        return Files.exists(file(name));
    }

    /** Names of all datasets, sorted. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[!.]*" + PoolFiles.MANIFEST_SUFFIX)) {
            for (Path file : files) {
                String fileName = file.getFileName().toString();
                String name = fileName.substring(0, fileName.length() - PoolFiles.MANIFEST_SUFFIX.length())
                        .replace(SEPARATOR, '/');
                if (DatasetPaths.isValid(name)) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot list " + directory + ": " + e, e);
        }
        names.sort(null);
        return names;
    }

    /** Writes a manifest that nobody sees yet; leaves nothing behind if it fails. */
    Path writeAside(byte[] manifest) {
        Path file = directory.resolve("." + Long.toHexString(RANDOM.nextLong()));
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileOutputStream out = new FileOutputStream(file.toFile())) {
                out.write(manifest);
            }
            return file;
        } catch (IOException e) {
            deleteIfExists(file);
            if (FreeSpace.of(directory) < manifest.length) {
                throw FreeSpace.full(directory, manifest.length);
            }
            throw new SharedMemoryException(Kind.SYSTEM, "cannot write " + file + ": " + e, e);
        }
    }

    /** From one instant to the next readers see what was written aside. */
    void publish(Path aside, String name) {
        move(aside, file(name));
    }

    void rename(String name, String newName) {
        move(file(name), file(newName));
    }

    void delete(String name) {
        deleteIfExists(file(name));
    }

    void deleteIfExists(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot delete " + file + ": " + e, e);
        }
    }

    /** Files that were written aside: nobody's, if the caller has the names lock. */
    List<Path> leftAside() {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*")) {
            files.forEach(left::add);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot list " + directory + ": " + e, e);
        }
        return left;
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no " + from, e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot rename " + from + " to " + to + ": " + e, e);
        }
    }

    private Path file(String name) {
        return directory.resolve(name.replace('/', SEPARATOR) + PoolFiles.MANIFEST_SUFFIX);
    }
}
