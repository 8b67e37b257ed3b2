package io.arrowshm.benchmark.peers;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.Await;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.List;

/**
 * What programs leave in shared memory and among the temporary files that end in any way: all that begins with one tag, and
 * the pool of that name.
 */
final class Leftovers {
    private static final Duration LEAVING = Duration.ofSeconds(10);
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Path THIS_PROCESS = Path.of("/proc/self");

    private final String tag;

    Leftovers(String tag) {
        this.tag = tag;
    }

    /** Removes it, as soon as nobody uses the pool any more. */
    void remove() {
        Await.until("the end of all that uses the contestants' pool", LEAVING, this::removePool, () -> tag);
        for (Path place : List.of(SHARED_MEMORY, Path.of(System.getProperty("java.io.tmpdir")))) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, this::isTagged)) {
                for (Path entry : entries) {
                    deleteTree((SecureDirectoryStream<Path>) entries, entry.getFileName());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove what a contestant has left in " + place, e);
            }
        }
    }

    private boolean removePool() {
        try {
            SharedMemoryPool.remove(PoolOptions.named(tag));
            return true;
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.IN_USE) {
                return false;
            }
            throw e;
        }
    }

    private boolean isTagged(Path entry) {
        String name = entry.getFileName().toString();
        return name.equals(tag) || name.startsWith(tag + "-") || name.contains("." + tag + "-");
    }

    /**
     * Deletes what this user has made, from open directories and without following a link: others can write these places,
     * and can put anything under a name.
     *
     * @param parent a directory of the default file system, which on Linux is secure
     */
    private static void deleteTree(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        PosixFileAttributes attributes = parent.getFileAttributeView(
                        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (!attributes.owner().equals(Files.getOwner(THIS_PROCESS))) {
            return;
        }
        if (!attributes.isDirectory()) {
            parent.deleteFile(name);
            return;
        }
        try (SecureDirectoryStream<Path> directory = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (Path entry : directory) {
                deleteTree(directory, entry.getFileName());
            }
        }
        parent.deleteDirectory(name);
    }
}
