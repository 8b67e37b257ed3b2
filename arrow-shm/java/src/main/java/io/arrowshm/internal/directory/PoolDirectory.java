package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.BlockAllocator;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.PoolLock;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.registry.AllPlaces;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, finds and removes the files of a pool. A pool is built aside and switched in by one symbolic link, under a lock
 * that falls with its holder; whoever holds it removes what killed builders have left.
 *
 * <p>Others may write the directory that pools are in: whatever stands there is a pool only if this user has made it and
 * nobody else can write it, and all that is done with it goes through its open directory.
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
     * The names of all pools in a directory, also of other users, in order.
     *
     * @throws SharedMemoryException ABSENT if there is no such directory
     */
    public static List<String> names(Path base) {
        try (DirectoryHandle parent = DirectoryHandle.open(base)) {
            return parent.path().list().stream()
                    .filter(link -> PoolNames.isName(link.name()) && isPool(parent.path(), link))
                    .map(SafePath::name)
                    .sorted()
                    .toList();
        }
    }

    /**
     * The pool's own directory, which is made first if there is no pool of the name. The caller closes it.
     *
     * @param sizeBytes budget of all slabs; 0 for the default
     * @param slots of the registry
     * @param checksums whether sealed segments have one
     * @throws SharedMemoryException NO_PERMISSION if another user has made what has the name, or can write it
     */
    public DirectoryHandle findOrCreate(long sizeBytes, int slots, boolean checksums) {
        try (DirectoryHandle parent = DirectoryHandle.open(base)) {
            DirectoryHandle found = find(parent.path());
            if (found != null) {
                return found;
            }
            try (PoolLock lock = lock(parent.path())) {
                found = find(parent.path());
                if (found != null) {
                    return found;
                }
                deleteLeftovers(parent.path());
                return create(parent.path(), sizeBytes, slots, checksums);
            }
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot make the pool " + base.resolve(name) + ": " + e, e);
        }
    }

    /**
     * Null if there is no pool of the name. The caller closes it.
     *
     * @throws SharedMemoryException ABSENT if there is no directory for pools; NO_PERMISSION if another user has made what
     *     has the name, or can write it; ARGUMENT if it is something else
     */
    public @Nullable DirectoryHandle find() {
        try (DirectoryHandle parent = DirectoryHandle.open(base)) {
            return find(parent.path());
        }
    }

    /**
     * Opens a pool, for whatever it is opened. While it is removed its files disappear one after the other, which looks like
     * damage; and what is missing in one that is there is damage.
     *
     * @param found its directory, as found here; not the caller's any more if this fails
     * @param opening what may fail
     * @throws SharedMemoryException ABSENT exactly if the pool was removed meanwhile; else what the opening throws, and CORRUPT
     *     for its ABSENT
     */
    public <T> T open(DirectoryHandle found, Function<DirectoryHandle, T> opening) {
        try {
            return opening.apply(found);
        } catch (SharedMemoryException e) {
            found.close();
            if (!isStill(found.shown())) {
                throw removed(e);
            }
            throw e.kind() == Kind.ABSENT
                    ? new SharedMemoryException(
                            Kind.CORRUPT, "the pool " + base.resolve(name) + " is damaged: " + e.getMessage(), e)
                    : e;
        }
    }

    /**
     * Looks whether the name still leads to a directory that it has led to.
     *
     * @throws SharedMemoryException ABSENT if not
     */
    public void requireStill(DirectoryHandle directory) {
        if (!isStill(directory.shown())) {
            throw removed(null);
        }
    }

    private SharedMemoryException removed(@Nullable SharedMemoryException cause) {
        return new SharedMemoryException(Kind.ABSENT, "the pool " + base.resolve(name) + " was removed", cause);
    }

    /** @param directory whose end is the pool's id */
    private boolean isStill(Path directory) {
        try (DirectoryHandle found = find()) {
            return found != null && found.shown().equals(directory);
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
        try (DirectoryHandle parent = DirectoryHandle.open(base);
                PoolLock lock = lock(parent.path())) {
            return deleteLeftovers(parent.path());
        }
    }

    private boolean remove(boolean evenIfInUse) {
        try (DirectoryHandle parent = DirectoryHandle.open(base);
                PoolLock lock = lock(parent.path());
                DirectoryHandle directory = find(parent.path())) {
            boolean removed = directory == null
                    ? PrivateFiles.delete(parent.path().resolve(name))
                    : remove(directory, parent.path(), evenIfInUse);
            deleteLeftovers(parent.path());
            return removed;
        }
    }

    private boolean remove(DirectoryHandle directory, SafePath parent, boolean evenIfInUse) {
        // With all places taken, so that nobody joins what is being removed.
        try (AllPlaces places = takePlaces(directory)) {
            List<Long> living = places == null ? List.of() : places.others();
            if (!living.isEmpty() && !evenIfInUse) {
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        living.size() + " processes have the pool " + base.resolve(name) + " open, "
                                + processIds(living) + "; stop them first");
            }
            // Without its link nobody would find a pool whose directory has to stay, and with it its memory.
            PoolContents.requireNothingElse(directory.path());
            boolean removed = PrivateFiles.delete(parent.resolve(name));
            FaultPoint.POOL_LINK_REMOVED.reached();
            PoolContents.delete(directory, sibling(parent, directory));
            return removed;
        }
    }

    /** Whoever has a place and has not written its record, or whose record is gone, is not known. */
    private static String processIds(List<Long> processes) {
        List<String> known =
                processes.stream().filter(id -> id != 0).map(String::valueOf).toList();
        String ids = "process ids " + String.join(", ", known);
        if (known.size() == processes.size()) {
            return ids;
        }
        return (known.isEmpty() ? "whose" : ids + " and " + (processes.size() - known.size()) + " more, whose")
                + " process ids the pool does not tell; fuser -v on its file participants may";
    }

    /** Null if there is no file of participants: then nobody can have a place. */
    private static @Nullable AllPlaces takePlaces(DirectoryHandle directory) {
        SafePath participants = directory.path().resolve(PoolFiles.PARTICIPANTS);
        FileStatus status = FileStatus.ifThere(participants);
        return status == null || status.type() != FileStatus.Type.FILE ? null : new AllPlaces(participants);
    }

    private DirectoryHandle create(SafePath parent, long sizeBytes, int slots, boolean checksums) throws IOException {
        JvmFlags.check();
        long free = FreeSpace.of(parent);
        long budget = sizeBytes == 0 ? DefaultSize.of(free) : sizeBytes;
        if (budget > free) {
            throw FreeSpace.full(parent, budget);
        }
        // The registry is not ours to allocate: its error would name neither the directory nor what to do.
        if (Registry.mostBytes(slots) > free) {
            throw FreeSpace.full(parent, Registry.mostBytes(slots));
        }
        long id = RANDOM.nextLong();
        SafePath named = parent.resolve(PoolNames.directory(name, id));
        DirectoryHandle directory = createEmpty(named);
        boolean made = false;
        FaultPoint.POOL_DIRECTORY_MADE.reached();
        try {
            fill(directory.path(), PoolDescription.of(id, budget, slots, checksums));
            FaultPoint.POOL_WITHOUT_LINK.reached();
            switchIn(parent.resolve(name), named.name());
            made = true;
        } catch (IOException | RuntimeException e) {
            SharedMemoryException full = noRoomLeft(parent, slots, e);
            if (full != null) {
                throw full;
            }
            throw e;
        } finally {
            if (!made) {
                try (directory) {
                    PoolContents.delete(directory, named);
                }
            }
        }
        LOG.info(
                "Made the pool {} of {} bytes in {}{}",
                name,
                budget,
                directory,
                sizeBytes == 0 ? ": " + DefaultSize.reason(free) : "");
        String problem = Tmpfs.problem(base);
        if (problem != null) {
            LOG.warn("The pool {} will be slow: {}", name, problem);
        }
        return directory;
    }

    private static DirectoryHandle createEmpty(SafePath path) throws IOException {
        PrivateFiles.createDirectory(path);
        DirectoryHandle directory = DirectoryHandle.openPrivate(path);
        if (!directory.path().list().isEmpty()) {
            directory.close();
            // Where the sticky bit is not set others can rename another directory of this user to it.
            throw new SharedMemoryException(Kind.SYSTEM, path + " was replaced by another directory while it was made");
        }
        return directory;
    }

    private static void fill(SafePath directory, PoolDescription description) throws IOException {
        int slots = description.slots();
        MappedFile.create(directory.resolve(PoolFiles.PARTICIPANTS), Participants.bytes());
        MappedFile.create(directory.resolve(PoolFiles.EPOCHS), Epochs.bytes());
        MappedFile.create(directory.resolve(PoolFiles.CHANNELS), Channels.bytes());
        PrivateFiles.createDirectory(directory.resolve(PoolFiles.INCOMING));
        BlockAllocator.create(directory, slots);
        FaultPoint.POOL_WITHOUT_SLOTS.reached();
        Slots.create(directory, slots);
        Names.create(directory);
        description.write(directory);
    }

    /** The caller has found no pool of the name: a link of ours leads to what a killed remover had deleted already. */
    private static void switchIn(SafePath link, String directory) throws IOException {
        PrivateFiles.delete(link);
        try {
            Files.createSymbolicLink(link.access(), Path.of(directory));
        } catch (FileAlreadyExistsException e) {
            throw new SharedMemoryException(
                    Kind.EXISTS,
                    "somebody has put something under " + link
                            + " while the pool was made; use another name or directory",
                    e);
        }
    }

    /** The error of those that are not ours to raise, where there is no room: theirs do not name what to do. */
    private static @Nullable SharedMemoryException noRoomLeft(SafePath parent, int slots, Exception cause) {
        boolean isOurs = cause instanceof SharedMemoryException e && e.kind() != Kind.SYSTEM;
        long wanted = Registry.mostBytes(slots);
        if (isOurs || FreeSpace.of(parent) >= wanted) {
            return null;
        }
        SharedMemoryException full = FreeSpace.full(parent, wanted);
        full.initCause(cause);
        return full;
    }

    private PoolLock lock(SafePath parent) {
        return PoolLock.take(parent.resolve(PoolNames.lock(name)), LOCK_TIMEOUT);
    }

    private @Nullable DirectoryHandle find(SafePath parent) {
        SafePath link = parent.resolve(name);
        FileStatus status = FileStatus.ifThere(link);
        if (status == null) {
            return null;
        }
        status.requireOwn(link);
        String target = PoolNames.target(link);
        if (target == null) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, link + " is there but is no pool; choose another name or remove it");
        }
        SafePath directory = parent.resolve(target);
        return FileStatus.ifThere(directory) == null ? null : DirectoryHandle.openPrivate(directory);
    }

    /**
     * Deletes the directories of this name that the link does not point to, of this user and of nobody who lives; the
     * caller has the lock.
     */
    private int deleteLeftovers(SafePath parent) {
        String current = PoolNames.target(parent.resolve(name));
        int deleted = 0;
        for (SafePath entry : parent.list()) {
            if (PoolNames.isDirectory(name, entry.name()) && !entry.name().equals(current) && deleteLeftover(entry)) {
                deleted++;
            }
        }
        return deleted;
    }

    /** What cannot be deleted is no reason to have no pool. */
    private static boolean deleteLeftover(SafePath leftover) {
        try (DirectoryHandle directory = DirectoryHandle.openPrivate(leftover);
                AllPlaces places = takePlaces(directory)) {
            if (places != null && !places.others().isEmpty()) {
                LOG.warn(
                        "{} stays: {} processes have it open, {}",
                        leftover,
                        places.others().size(),
                        processIds(places.others()));
                return false;
            }
            LOG.debug("Removing {}", leftover);
            PoolContents.delete(directory, leftover);
            return true;
        } catch (SharedMemoryException e) {
            LOG.debug("{} stays: {}", leftover, e.getMessage());
            return false;
        }
    }

    /** By its form alone: it may be another user's. */
    private static boolean isPool(SafePath parent, SafePath link) {
        String target = PoolNames.target(link);
        return target != null && FileStatus.ifThere(parent.resolve(target)) != null;
    }

    private static SafePath sibling(SafePath parent, DirectoryHandle directory) {
        return parent.resolve(directory.shown().getFileName().toString());
    }
}
