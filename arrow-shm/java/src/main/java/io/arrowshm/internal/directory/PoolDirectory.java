package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.BlockAllocator;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.DirectoryLock;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, finds and removes the files of a pool. A pool is built aside and switched in by one symbolic link, under a lock
 * of the directory that falls with its holder; whoever holds it removes what killed builders have left.
 */
public final class PoolDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(PoolDirectory.class);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path base;
    private final String name;

    /**
     * @param base where pools are
     * @param name of the pool, whether there is one or not
     */
    public PoolDirectory(Path base, String name) {
        this.base = base;
        this.name = name;
    }

    /**
     * The names of all pools in a directory, in order.
     *
     * @throws SharedMemoryException ABSENT if there is no such directory
     */
    public static List<String> names(Path base) {
        try (Stream<Path> files = Files.list(base)) {
            return files.filter(Files::isSymbolicLink)
                    .map(link -> link.getFileName().toString())
                    .filter(name -> isPool(base, name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.ABSENT, "cannot list the directory " + base + ": " + e, e);
        }
    }

    /**
     * The pool's own directory, which is made first if there is no pool of the name.
     *
     * @param sizeBytes budget of all slabs; 0 for half of what is free
     * @param slots of the registry
     * @param checksums whether sealed segments have one
     */
    public Path findOrCreate(long sizeBytes, int slots, boolean checksums) {
        Path found = find();
        if (found != null) {
            return found;
        }
        try (DirectoryLock lock = DirectoryLock.take(base, LOCK_TIMEOUT)) {
            found = find();
            if (found != null) {
                return found;
            }
            deleteLeftovers();
            return create(sizeBytes, slots, checksums);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot make the pool " + base.resolve(name) + ": " + e, e);
        }
    }

    /** Null if there is no pool of the name. */
    public @Nullable Path find() {
        Path link = base.resolve(name);
        try {
            Path target = base.resolve(Files.readSymbolicLink(link));
            return Files.exists(target) ? target : null;
        } catch (IOException e) {
            if (Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT, link + " is there but is no pool; choose another name or remove it", e);
            }
            return null;
        }
    }

    /**
     * Removes the pool; false if there is none.
     *
     * @throws SharedMemoryException IN_USE if a process has it open; NO_PERMISSION
     */
    public boolean remove() {
        return remove(false);
    }

    /**
     * Removes the pool, also under processes that have it open: they keep what they have mapped, and find no slab that
     * they have not; nobody can join them. False if there is none.
     */
    public boolean removeFromUnderLiving() {
        return remove(true);
    }

    /** Removes what killed builders of pools of this name have left; returns the number of their directories. */
    public int removeLeftovers() {
        try (DirectoryLock lock = DirectoryLock.take(base, LOCK_TIMEOUT)) {
            return deleteLeftovers();
        } catch (IOException e) {
            throw new SharedMemoryException(
                    Kind.SYSTEM, "cannot remove the leftovers of " + base.resolve(name) + ": " + e, e);
        }
    }

    private boolean remove(boolean evenIfInUse) {
        try (DirectoryLock lock = DirectoryLock.take(base, LOCK_TIMEOUT)) {
            Path directory = find();
            if (directory != null && !Files.isExecutable(directory)) {
                // Nor can be seen who has it open.
                throw new SharedMemoryException(Kind.NO_PERMISSION, directory + " belongs to another user");
            }
            if (directory == null || !Files.exists(directory.resolve(PoolFiles.PARTICIPANTS))) {
                return removeFiles();
            }
            try (Participants participants = new Participants(directory.resolve(PoolFiles.PARTICIPANTS))) {
                List<Long> living = participants.takeAllPlaces();
                if (!living.isEmpty() && !evenIfInUse) {
                    throw new SharedMemoryException(
                            Kind.IN_USE,
                            living.size() + " processes have the pool " + base.resolve(name) + " open, process ids "
                                    + living.stream().map(String::valueOf).collect(Collectors.joining(", "))
                                    + "; stop them first");
                }
                // With all places taken, so that nobody joins what is being removed.
                return removeFiles();
            }
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot remove the pool " + base.resolve(name) + ": " + e, e);
        }
    }

    private boolean removeFiles() throws IOException {
        boolean removed = Files.deleteIfExists(base.resolve(name));
        FaultPoint.POOL_LINK_REMOVED.reached();
        deleteLeftovers();
        return removed;
    }

    private Path create(long sizeBytes, int slots, boolean checksums) throws IOException {
        JvmFlags.check();
        long free = FreeSpace.of(base);
        long budget = sizeBytes == 0 ? free / 2 : sizeBytes;
        if (budget > free) {
            throw FreeSpace.full(base, budget);
        }
        // The registry is not ours to allocate: its error would name neither the directory nor what to do.
        if (Registry.mostBytes(slots) > free) {
            throw FreeSpace.full(base, Registry.mostBytes(slots));
        }
        long id = RANDOM.nextLong();
        Path directory = base.resolve(prefix() + PoolDescription.hex(id));
        PrivateFiles.createDirectory(directory);
        boolean made = false;
        FaultPoint.POOL_DIRECTORY_MADE.reached();
        try {
            MappedFile.create(directory.resolve(PoolFiles.PARTICIPANTS), Participants.bytes());
            MappedFile.create(directory.resolve(PoolFiles.EPOCHS), Epochs.bytes());
            MappedFile.create(directory.resolve(PoolFiles.CHANNELS), Channels.bytes());
            PrivateFiles.createDirectory(directory.resolve(PoolFiles.INCOMING));
            BlockAllocator.create(directory, slots);
            FaultPoint.POOL_WITHOUT_SLOTS.reached();
            Slots.create(directory, slots);
            Names.create(directory);
            PoolDescription.of(id, budget, slots, checksums).write(directory);
            FaultPoint.POOL_WITHOUT_LINK.reached();
            // A link whose target a killed remover had deleted already.
            Files.deleteIfExists(base.resolve(name));
            Files.createSymbolicLink(base.resolve(name), directory.getFileName());
            made = true;
        } catch (IOException | RuntimeException e) {
            SharedMemoryException full = noRoomLeft(slots, e);
            if (full != null) {
                throw full;
            }
            throw e;
        } finally {
            if (!made) {
                delete(directory);
            }
        }
        LOG.info("Made the pool {} of {} bytes in {}", name, budget, directory);
        return directory;
    }

    /** The error of those that are not ours to raise, where there is no room: theirs do not name what to do. */
    private @Nullable SharedMemoryException noRoomLeft(int slots, Exception cause) {
        boolean isOurs = cause instanceof SharedMemoryException e && e.kind() != Kind.SYSTEM;
        long wanted = Registry.mostBytes(slots);
        if (isOurs || FreeSpace.of(base) >= wanted) {
            return null;
        }
        SharedMemoryException full = FreeSpace.full(base, wanted);
        full.initCause(cause);
        return full;
    }

    /** Deletes the directories of this name that the link does not point to; the caller has the lock. */
    private int deleteLeftovers() throws IOException {
        int deleted = 0;
        Path current = find();
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(base, prefix() + "[0-9a-f]*")) {
            for (Path leftover : leftovers) {
                boolean isOfThisName = leftover.getFileName().toString().length() == prefix().length() + 16;
                if (isOfThisName && !leftover.equals(current)) {
                    LOG.debug("Removing {}", leftover);
                    delete(leftover);
                    deleted++;
                }
            }
        }
        return deleted;
    }

    private static boolean isPool(Path base, String name) {
        try {
            String target = Files.readSymbolicLink(base.resolve(name)).toString();
            return target.matches(Pattern.quote("." + name + "-") + "[0-9a-f]{16}")
                    && Files.exists(base.resolve(target));
        } catch (IOException e) {
            // Removed in between.
            return false;
        }
    }

    private String prefix() {
        return "." + name + "-";
    }

    private static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
            FaultPoint.REMOVING_POOL_FILES.reached();
        }
    }
}
