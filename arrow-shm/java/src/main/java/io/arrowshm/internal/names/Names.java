package io.arrowshm.internal.names;

import static java.util.Objects.requireNonNull;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datasets of a pool: a manifest each, and a name's hold on every segment in it. Reading takes no lock. A change has
 * the names lock, for which it waits at most {@value #TIMEOUT_SECONDS} s; whoever is killed in between leaves a request
 * for a repair, which the next sweep of any participant or the next change carries out. Any thread.
 */
public final class Names implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Names.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TIMEOUT_SECONDS = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(TIMEOUT_SECONDS);
    private static final Duration CLOSING_TIMEOUT = Duration.ofSeconds(1);

    private final MappedFile record;
    private final ByteLocks locks;
    private final NamesLock lock;
    private final RepairRequests requests;
    private final ManifestFiles files;
    private final IncomingFiles incoming;
    private final NamesRepair repair;
    private final NamesVerifier verifier;
    private final @Nullable Publisher publisher;
    private final DatasetLocks datasetLocks;
    private final @Nullable Creator self;

    /**
     * The names as a participant sees them.
     *
     * @param participant who this process is
     * @param slotsInUse one past the highest slot that can have a name
     */
    public Names(
            SafePath poolDirectory,
            Ownership ownership,
            Participants participants,
            int participant,
            IntSupplier slotsInUse) {
        this(
                poolDirectory,
                ownership.slots(),
                participants,
                slotsInUse,
                ownership,
                new Creator(
                        participant,
                        participants.incarnation(participant),
                        ProcessHandle.current().pid()));
    }

    /** The names as a process sees them that is no participant: it publishes nothing. */
    public Names(SafePath poolDirectory, Slots slots, Participants participants, IntSupplier slotsInUse) {
        this(poolDirectory, slots, participants, slotsInUse, null, null);
    }

    private Names(
            SafePath poolDirectory,
            Slots slots,
            Participants participants,
            IntSupplier slotsInUse,
            @Nullable Ownership ownership,
            @Nullable Creator self) {
        SafePath directory = poolDirectory.resolve(PoolFiles.NAMES);
        record = MappedFile.map(directory.resolve(PoolFiles.NAMES_LOCK), NamesRecord.BYTES);
        locks = new ByteLocks(directory.resolve(PoolFiles.NAMES_LOCK));
        lock = new NamesLock(locks, record);
        requests = new RepairRequests(record);
        files = new ManifestFiles(directory, slots.count());
        incoming = new IncomingFiles(poolDirectory);
        repair = new NamesRepair(files, incoming, requests, slots, participants, slotsInUse);
        verifier = new NamesVerifier(files, incoming, repair, slots, slotsInUse);
        publisher = ownership == null ? null : new Publisher(files, repair, ownership);
        datasetLocks = new DatasetLocks(locks);
        this.self = self;
    }

    /** Makes the files in a pool's directory that is being built. */
    public static void create(SafePath poolDirectory) throws IOException {
        SafePath directory = poolDirectory.resolve(PoolFiles.NAMES);
        PrivateFiles.createDirectory(directory);
        MappedFile.create(directory.resolve(PoolFiles.NAMES_LOCK), NamesRecord.BYTES);
    }

    /**
     * Publishes a dataset: readers see what was there before, or all of this.
     *
     * @param content whose segments this process holds until this returns
     * @param overwrite whether it may be there already; segments that are in both are held throughout
     * @throws SharedMemoryException EXISTS; IN_USE if the names lock cannot be had; ARGUMENT if a segment is neither sealed
     *     nor shared, or there is too much; FULL
     */
    public Manifest publish(String name, Content content, boolean overwrite) {
        return changing(() -> publish(name, content, overwrite, manifest -> {}));
    }

    /**
     * Publishes the dataset of a request and answers it: all of it or nothing, also if this process dies.
     *
     * @param request its name, whose lock the caller has
     * @param isStill whether it is there, asked when nothing is left to be repaired: whoever had the lock before may have
     *     published the dataset before it died; then nothing is done
     * @param content whose segments this process holds until this returns
     * @throws SharedMemoryException as {@link #publish}; then nothing was answered
     */
    public void carryOut(String request, BooleanSupplier isStill, Request asked, Content content) {
        changing(() -> {
            if (!isStill.getAsBoolean()) {
                return false;
            }
            Manifest manifest = publish(
                    asked.dataset(),
                    content,
                    asked.overwrite(),
                    decided -> incoming.decide(request, Answer.done(asked.dataset(), decided, asked.files())));
            incoming.complete(request, Answer.done(asked.dataset(), manifest, asked.files()));
            return true;
        });
    }

    /**
     * Answers a request that cannot be carried out; its files stay.
     *
     * @param request its name, whose lock the caller has
     * @param isStill as for {@link #carryOut}
     * @param retry whether the same may be done when it is asked for again
     * @throws SharedMemoryException IN_USE
     */
    public void refuse(String request, BooleanSupplier isStill, String reason, boolean retry) {
        Answer answer = Answer.refused(reason, retry);
        changing(() -> {
            if (!isStill.getAsBoolean()) {
                return false;
            }
            incoming.decide(request, answer);
            incoming.complete(request, answer);
            return true;
        });
    }

    /** @param decided gets the manifest before anybody sees it */
    private Manifest publish(String name, Content content, boolean overwrite, Consumer<Manifest> decided) {
        Manifest old = null;
        boolean exists = files.exists(name);
        boolean damaged = false;
        try {
            old = files.read(name);
        } catch (SharedMemoryException e) {
            ManifestFiles.requireDamage(e);
            damaged = true;
        }
        if (exists && !overwrite && (old == null || !repair.isAbandoned(old))) {
            throw existing(name);
        }
        Manifest manifest = new Manifest(
                Manifest.FORMAT_VERSION,
                old == null ? RANDOM.nextLong(1, Manifest.MAX_NUMBER + 1) : old.id(),
                old == null ? 1 : old.revision() + 1,
                System.currentTimeMillis(),
                requireNonNull(self),
                content);
        decided.accept(manifest);
        requireNonNull(publisher).publish(name, manifest, old);
        if (damaged) {
            // Nobody can tell which names it gave: the repair finds those that nobody gives.
            requests.request();
        }
        return manifest;
    }

    /**
     * Null if there is none of that name.
     *
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION
     */
    public @Nullable Manifest read(String name) {
        return files.read(name);
    }

    /** Throws what is no damage of a manifest, but a failure to look at it. */
    public static void requireDamage(SharedMemoryException e) {
        ManifestFiles.requireDamage(e);
    }

    public boolean exists(String name) {
        return files.exists(name);
    }

    /** Names of all datasets, damaged ones too, sorted. */
    public List<String> list() {
        return files.names();
    }

    /** Tells of what happens from now on, until it is closed. */
    public NamesWatch watch() {
        return files.watch();
    }

    /** Removes a dataset, a damaged one too; false if there is none. A process that reads it keeps it until it closes it. */
    public boolean delete(String name) {
        return changing(() -> {
            Manifest manifest;
            try {
                manifest = files.read(name);
            } catch (SharedMemoryException e) {
                ManifestFiles.requireDamage(e);
                LOG.debug("Removed a damaged dataset: {}", e.getMessage());
                files.delete(name);
                requests.request();
                return true;
            }
            if (manifest != null) {
                repair.remove(name, manifest, "deleted");
            }
            return manifest != null;
        });
    }

    /**
     * Removes one publication; nothing happens if it was removed or overwritten.
     *
     * @param name that it had when it was published
     */
    public void delete(String name, Manifest publication) {
        changing(() -> {
            if (!removeIfSame(name, publication)) {
                // Perhaps it was renamed.
                repair.removeIf(publication::isSame, "closed");
            }
            return true;
        });
    }

    /**
     * Gives a dataset another name, at once for all.
     *
     * @param overwrite whether a dataset of the new name is replaced
     * @throws SharedMemoryException ABSENT; EXISTS; IN_USE
     */
    public void rename(String name, String newName, boolean overwrite) {
        changing(() -> {
            if (!files.exists(name)) {
                throw absent(name);
            }
            if (name.equals(newName)) {
                return true;
            }
            if (files.exists(newName) && !overwrite) {
                throw existing(newName);
            }
            Manifest replaced = null;
            try {
                replaced = files.read(newName);
            } catch (SharedMemoryException e) {
                ManifestFiles.requireDamage(e);
                requests.request();
            }
            files.rename(name, newName);
            FaultPoint.MANIFEST_RENAMED.reached();
            if (replaced != null) {
                replaced.content().segments().forEach(repair::takeAway);
            }
            LOG.debug("Renamed the dataset {} to {}", name, newName);
            return true;
        });
    }

    /** What is wrong with manifests and names, a line each; empty if all is well. */
    public List<String> verify() {
        try (NamesLock.Held held = lock.take(TIMEOUT)) {
            repair.runIfDue();
            return verifier.verify(false);
        }
    }

    /**
     * What is wrong and cannot have been left by anybody who was killed, a line each; in the same words for as long as
     * nobody changes it. Nothing is repaired.
     *
     * @throws SharedMemoryException IN_USE if the names lock cannot be had within that time
     */
    public List<String> violations(Duration timeout) {
        try (NamesLock.Held held = lock.take(timeout)) {
            return verifier.verify(requests.isDue());
        }
    }

    /** Takes the lock of a dataset if nobody has it, in this process or another. See {@link Manifest#id}. */
    public boolean tryLock(long datasetId) {
        return datasetLocks.tryLock(datasetId);
    }

    public void unlock(long datasetId) {
        datasetLocks.unlock(datasetId);
    }

    /** A process is gone that may have been changing names, or whose datasets are to end with it. */
    public void requestRepair() {
        requests.request();
    }

    /** Repairs if somebody has left work, unless somebody else has the names lock: then it stays due. Cheap otherwise. */
    public Repaired repairIfDue() {
        NamesLock.Held held = requests.isDue() ? lock.tryTake() : null;
        if (held == null) {
            return Repaired.nothing();
        }
        try (held) {
            return repair.run();
        }
    }

    /**
     * Repairs, also if nobody has asked for it.
     *
     * @throws SharedMemoryException IN_USE if the names lock cannot be had within that time: then the repair is due
     */
    public Repaired repair(Duration timeout) {
        requests.request();
        try (NamesLock.Held held = lock.take(timeout)) {
            return repair.run();
        }
    }

    /** This process ends: removes its datasets that end with it, or leaves that to others if it cannot. */
    public void removeOwn() {
        try (NamesLock.Held held = lock.take(CLOSING_TIMEOUT)) {
            repair.removeIf(
                    manifest -> !manifest.content().persistent()
                            && manifest.creator().equals(self),
                    "its creator ends");
        } catch (SharedMemoryException e) {
            LOG.warn("Datasets of this process are removed by others: {}", e.getMessage());
            requests.request();
        }
    }

    /** What other runtimes put into the pool. */
    public IncomingFiles incoming() {
        return incoming;
    }

    @Override
    public void close() {
        datasetLocks.close();
        locks.close();
        record.close();
    }

    private <T> T changing(Supplier<T> change) {
        try (NamesLock.Held held = lock.take(TIMEOUT)) {
            FaultPoint.HOLDING_NAMES_LOCK.reached();
            repair.runIfDue();
            long request = requests.request();
            T result = change.get();
            requests.withdraw(request);
            return result;
        }
    }

    private boolean removeIfSame(String name, Manifest publication) {
        try {
            Manifest found = files.read(name);
            boolean same = found != null && found.isSame(publication);
            if (same) {
                repair.remove(name, publication, "closed");
            }
            return same;
        } catch (SharedMemoryException e) {
            ManifestFiles.requireDamage(e);
            return false;
        }
    }

    private static SharedMemoryException existing(String name) {
        return new SharedMemoryException(
                Kind.EXISTS,
                "the dataset " + name + " exists; choose another name, or say that it is to be overwritten");
    }

    private static SharedMemoryException absent(String name) {
        return new SharedMemoryException(Kind.ABSENT, "there is no dataset " + name);
    }
}
