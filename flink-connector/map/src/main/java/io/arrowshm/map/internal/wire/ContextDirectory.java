package io.arrowshm.map.internal.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the sockets of a context are: {@code /tmp/arrow-shm-UID/NAME/W.sock}, in directories that only their user can enter.
 * The directory of all contexts is the user's alone, or nothing is done in it. Any thread.
 */
public final class ContextDirectory {
    /** Another directory than /tmp for that of all contexts. */
    public static final String VARIABLE = "ARROW_SHM_RUN_DIR";

    /** What a context can be called: with everything around it, its sockets have less than 108 bytes. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,59}");

    private static final int MOST_BYTES = 107;
    private static final String SUFFIX = ".sock";
    private static final String OWNER = "owner";
    private static final int ATTEMPTS = 10;
    private static final int ROUNDS = 3;
    private static final int MOST_LENGTH = 1 << 20;

    /**
     * What this process owns: to open such a file again and close it would give its lock up, since those fall with any
     * descriptor of the process.
     */
    private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

    private final Path path;

    private ContextDirectory(Path path) {
        this.path = path;
    }

    /**
     * The directory of a context, which may be absent.
     *
     * @throws IllegalArgumentException if no context can have the name
     */
    public static ContextDirectory named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of a context=" + name + ", allowed " + NAME);
        }
        ContextDirectory directory = new ContextDirectory(all().resolve(name));
        int bytes = directory.socket(999).toString().length();
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException("the sockets of the context " + name + " would have paths of " + bytes
                    + " bytes, allowed " + MOST_BYTES + "; set " + VARIABLE + " to a shorter directory than "
                    + all().getParent());
        }
        return directory;
    }

    /** One that is known by its path, to processes that the context has started. */
    public static ContextDirectory at(Path path) {
        return new ContextDirectory(path);
    }

    private static Path all() {
        String base = System.getenv().getOrDefault(VARIABLE, "/tmp");
        return Path.of(base, "arrow-shm-" + user());
    }

    private Path parent() {
        return path.resolveSibling("");
    }

    public Path path() {
        return path;
    }

    public String name() {
        return path.getFileName().toString();
    }

    public Path socket(int worker) {
        return path.resolve(worker + SUFFIX);
    }

    /** Numbers of the workers that have a socket here, whether or not anybody listens. */
    public List<Integer> workers() {
        return names(path)
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> Integer.valueOf(name.substring(0, name.length() - SUFFIX.length())))
                .toList();
    }

    /**
     * Makes it, for a worker or for who starts them.
     *
     * @throws IllegalStateException if others could enter it
     */
    public void create() {
        makePrivate(parent());
        makePrivate(path);
    }

    /** Whether a worker of the context listens. */
    public boolean isAlive() {
        return workers().stream().anyMatch(this::listens);
    }

    /** Whether somebody keeps it, or a worker listens in it. */
    public boolean isOwnedOrAlive() {
        if (OWNED.contains(path)) {
            return true;
        }
        try (FileChannel file = FileChannel.open(path.resolve(OWNER), StandardOpenOption.WRITE)) {
            return file.tryLock() == null || isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean listens(int worker) {
        try (SocketChannel channel = Loop.connectNow(socket(worker))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes it the caller's for as long as the result is open, empty but for that; null if it is somebody else's. What killed
     * processes have left in it, or beside it, is removed.
     */
    public @Nullable Owned own() {
        create();
        names(parent())
                .filter(name -> NAME.matcher(name).matches() && !name.equals(name()))
                .forEach(name -> new ContextDirectory(path.resolveSibling(name)).deleteIfAbandoned());
        Owned owned = tryOwn();
        // Its last owner may have taken it away beneath.
        for (int again = 0; owned == null && !Files.exists(path.resolve(OWNER)) && again < ATTEMPTS; again++) {
            create();
            owned = tryOwn();
        }
        return owned;
    }

    private @Nullable Owned tryOwn() {
        if (!OWNED.add(path)) {
            return null;
        }
        Owned owned = null;
        try {
            owned = tryLockOwner();
        } finally {
            if (owned == null) {
                OWNED.remove(path);
            }
        }
        return owned;
    }

    private @Nullable Owned tryLockOwner() {
        try {
            FileChannel file = FileChannel.open(
                    path.resolve(OWNER),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (file.tryLock() == null || !isStillThere(file) || isAlive()) {
                file.close();
                return null;
            }
            deleteContent();
            return new Owned(file);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + path, e);
        }
    }

    /**
     * Whether a file that is locked is the one that others find: who had it before may have deleted it. It is told by its
     * length, since to open it again and close it would give the lock up.
     */
    private boolean isStillThere(FileChannel file) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            long length = 1L + ThreadLocalRandom.current().nextInt(MOST_LENGTH);
            file.truncate(0);
            file.write(ByteBuffer.allocate(1), length - 1);
            if (Files.size(path.resolve(OWNER)) != length) {
                return false;
            }
        }
        file.truncate(0);
        return true;
    }

    /** Removes it unless somebody keeps it, or a worker listens in it. */
    public void deleteIfAbandoned() {
        Owned owned = tryOwn();
        if (owned != null) {
            owned.close();
        }
    }

    /** All but what says whose it is. */
    private void deleteContent() {
        names(path).filter(name -> !name.equals(OWNER)).forEach(name -> deleteTree(path.resolve(name)));
    }

    /** Lasts until it is closed, or its process ends in any way. */
    public final class Owned implements AutoCloseable {
        private final FileChannel file;

        private Owned(FileChannel file) {
            this.file = file;
        }

        /** A file of the owner's own, which goes with the directory. */
        public Path resolve(String name) {
            return path.resolve(name);
        }

        /** Removes the directory with all that is in it, and that of all contexts if it was the last. */
        @Override
        public void close() {
            deleteTree(path);
            release();
            try {
                Files.deleteIfExists(parent());
            } catch (IOException e) {
                // There are others.
            }
        }

        /** Leaves it to the workers that are in it. */
        public void release() {
            try {
                file.close();
                OWNED.remove(path);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the lock of " + path, e);
            }
        }
    }

    private static Stream<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList().stream();
        } catch (IOException | UncheckedIOException e) {
            return Stream.empty();
        }
    }

    private static void deleteTree(Path tree) {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path found : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(found);
            }
        } catch (IOException | UncheckedIOException e) {
            // What is left is removed by the next one that starts a context.
        }
    }

    private static void makePrivate(Path directory) {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            checkPrivate(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
    }

    private static void checkPrivate(Path directory) {
        try {
            boolean isOwn = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(userId());
            String mode =
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS));
            if (!isOwn || !mode.equals("rwx------")) {
                throw new IllegalStateException(directory + " is not a directory of this user alone: mode=" + mode
                        + ", allowed rwx------; remove it, or set " + VARIABLE + " to another place");
            }
        } catch (NoSuchFileException e) {
            makePrivate(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + directory, e);
        }
    }

    /** The number of this process's user. */
    public static String user() {
        return userId().toString();
    }

    private static Object userId() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find out whose process this is", e);
        }
    }
}
