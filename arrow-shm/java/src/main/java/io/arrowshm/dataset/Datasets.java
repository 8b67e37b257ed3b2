package io.arrowshm.dataset;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import io.arrowshm.internal.names.NamedSlot;
import io.arrowshm.internal.names.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datasets of a pool. A dataset has a name, such as {@code experiment/run 1}: up to 16 parts with '/' between them,
 * of any characters but control characters, and none of them '.' or '..'. Together they take at most 250 bytes, where
 * letters A to Z, digits, '.', '_', '-' and '/' take one, and anything else three for each byte of its UTF-8. Groups and
 * segments in it have such paths too, of at most 1000 bytes in UTF-8. Nothing is normalised: two spellings of one letter
 * are two names. Names nest: whoever asks for {@code experiment} gets the list of what is below it. Any thread.
 *
 * <p>Changing a name waits at most ten seconds for others who do so (IN_USE); reading never waits.
 */
public final class Datasets {
    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);
    // Each attempt but the last met a change that was completed meanwhile.
    private static final int OPENING_ATTEMPTS = 1000;
    private static final long POLL_NANOS = 1_000_000;

    private final SharedMemoryPool pool;

    private Datasets(SharedMemoryPool pool) {
        this.pool = pool;
    }

    /** The datasets of a pool that stays open for as long as this is used. */
    public static Datasets of(SharedMemoryPool pool) {
        return new Datasets(pool);
    }

    /**
     * Begins a dataset, which appears when it is published.
     *
     * @throws SharedMemoryException ARGUMENT if there cannot be such a name
     */
    public DatasetBuilder create(String name) {
        return new DatasetBuilder(pool, DatasetPaths.checkName(name));
    }

    /**
     * Opens a dataset for reading, with a hold on each of its segments: all are of one publication, and stay as they are
     * while others delete or overwrite the dataset, until the handle is closed.
     *
     * @throws SharedMemoryException ABSENT; CORRUPT; WRONG_VERSION; STALE_REFERENCE if a segment is not there any more, so that
     *     the manifest is damaged; IN_USE if the dataset is overwritten faster than it can be opened
     */
    public Dataset open(String name) {
        DatasetPaths.checkName(name);
        Manifest manifest = manifest(name);
        for (int attempt = 0; attempt < OPENING_ATTEMPTS; attempt++) {
            Map<String, Segment> segments = new LinkedHashMap<>();
            SharedMemoryException failure = tryOpen(manifest, segments);
            if (failure == null) {
                return new Dataset(pool, name, manifest, segments, false);
            }
            Manifest now = manifest(name);
            if (now.isSame(manifest)) {
                throw failure;
            }
            manifest = now;
        }
        throw new SharedMemoryException(
                Kind.IN_USE,
                "the dataset " + name + " was overwritten " + OPENING_ATTEMPTS
                        + " times while it was being opened; overwrite it less often");
    }

    /**
     * Opens a dataset once it is there, without polling.
     *
     * @throws SharedMemoryException ABSENT if it is not within the time, or the pool was removed; CLOSED; as {@link #open}
     */
    public Dataset await(String name, Duration timeout) throws InterruptedException {
        return await(name, null, timeout);
    }

    /**
     * Opens the publication that follows one that is known, under its name, once it is there: the dataset was overwritten, or
     * deleted and published anew. Of several that follow it is the latest.
     *
     * @throws SharedMemoryException ABSENT if it is not within the time, or the pool was removed; CLOSED; as {@link #open}
     */
    public Dataset awaitNext(DatasetInfo known, Duration timeout) throws InterruptedException {
        return await(known.name(), known, timeout);
    }

    /** Tells what happens to all datasets, beginning with those that are there. To be closed. */
    public DatasetWatch watch() {
        return new DatasetWatch(this::withNames, "");
    }

    /** Tells what happens to the dataset of that name and those below it, beginning with what is there. To be closed. */
    public DatasetWatch watch(String prefix) {
        return new DatasetWatch(this::withNames, DatasetPaths.checkName(prefix));
    }

    public boolean exists(String name) {
        DatasetPaths.checkName(name);
        return withNames(names -> names.exists(name));
    }

    /** All datasets that can be read, by name. */
    public List<DatasetInfo> list() {
        return listWithin("");
    }

    /** The dataset of that name and those below it, by name. Damaged ones are left out with a warning: see {@link #verify}. */
    public List<DatasetInfo> list(String prefix) {
        return listWithin(DatasetPaths.checkName(prefix));
    }

    /**
     * Removes a dataset, also a damaged one; false if there is none. Its memory is free when the last reader is gone.
     *
     * @throws SharedMemoryException IN_USE
     */
    public boolean delete(String name) {
        DatasetPaths.checkName(name);
        return withNames(names -> names.delete(name));
    }

    /**
     * Gives a dataset another name, at once for all. Handles stay good.
     *
     * @throws SharedMemoryException ABSENT; EXISTS if there is a dataset of the new name; IN_USE
     */
    public void rename(String name, String newName) {
        rename(name, newName, false);
    }

    /**
     * Gives a dataset another name, at once for all. Handles stay good.
     *
     * @param overwrite whether a dataset of the new name is replaced
     * @throws SharedMemoryException ABSENT; EXISTS; IN_USE
     */
    public void rename(String name, String newName, boolean overwrite) {
        DatasetPaths.checkName(name);
        DatasetPaths.checkName(newName);
        withNames(names -> {
            names.rename(name, newName, overwrite);
            return true;
        });
    }

    /**
     * Takes the exclusive lock of a dataset, for those who update its segments in place; who only reads or publishes needs
     * none. It excludes other processes and other threads of this one, stays with the dataset when that is renamed or
     * overwritten, and falls when its holder dies.
     *
     * @throws SharedMemoryException ABSENT; IN_USE if it cannot be had within the time, or the thread is interrupted
     */
    public DatasetLock lock(String name, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Optional<DatasetLock> lock = tryLock(name);
        while (lock.isEmpty()) {
            if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadline >= 0) {
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        "another process or thread has the lock of the dataset " + name + ", waited for at most "
                                + timeout.toMillis() + " ms; wait longer, or end the process that has it");
            }
            LockSupport.parkNanos(POLL_NANOS);
            lock = tryLock(name);
        }
        return lock.get();
    }

    /**
     * The lock of a dataset if nobody has it now.
     *
     * @throws SharedMemoryException ABSENT
     */
    public Optional<DatasetLock> tryLock(String name) {
        DatasetPaths.checkName(name);
        long id = manifest(name).id();
        if (!withNames(names -> names.tryLock(id))) {
            return Optional.empty();
        }
        DatasetLock lock = new DatasetLock(pool, id);
        boolean same = false;
        try {
            // The name may have gone to another dataset in between.
            same = manifest(name).id() == id;
        } finally {
            if (!same) {
                lock.close();
            }
        }
        return same ? Optional.of(lock) : Optional.empty();
    }

    /** What is wrong with the names of the pool, a line each; empty if all is well. */
    public List<String> verify() {
        return withNames(names -> names.verify());
    }

    private <T> T withNames(Function<Names, T> action) {
        return Access.withNames(pool, action);
    }

    private Dataset await(String name, @Nullable DatasetInfo known, Duration timeout) throws InterruptedException {
        DatasetPaths.checkName(name);
        long deadline = System.nanoTime() + timeout.toNanos();
        Optional<Dataset> dataset = openOther(name, known);
        if (dataset.isPresent()) {
            return dataset.get();
        }
        try (DatasetWatch watch = watch(name)) {
            dataset = openOther(name, known);
            for (long left = timeout.toNanos(); dataset.isEmpty(); left = deadline - System.nanoTime()) {
                if (left <= 0) {
                    throw new SharedMemoryException(
                            Kind.ABSENT,
                            "the dataset " + name
                                    + (known == null
                                            ? " was not published within "
                                            : " was not published again within ")
                                    + +timeout.toMillis() + " ms in the pool "
                                    + pool.directory());
                }
                watch.next(Duration.ofNanos(left));
                dataset = openOther(name, known);
            }
            return dataset.get();
        }
    }

    /** Empty if there is none, or the one that is known. */
    private Optional<Dataset> openOther(String name, @Nullable DatasetInfo known) {
        Manifest manifest = withNames(names -> names.read(name));
        boolean isKnown = manifest != null
                && known != null
                && manifest.id() == known.id()
                && manifest.revision() == known.revision();
        if (manifest == null || isKnown) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(name));
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.ABSENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Manifest manifest(String name) {
        Manifest manifest = withNames(names -> names.read(name));
        if (manifest == null) {
            throw new SharedMemoryException(
                    Kind.ABSENT, "there is no dataset " + name + " in the pool " + pool.directory());
        }
        return manifest;
    }

    /** Null if all segments are open; else none is. */
    private @Nullable SharedMemoryException tryOpen(Manifest manifest, Map<String, Segment> segments) {
        boolean opened = false;
        try {
            for (NamedSlot named : manifest.content().segments()) {
                try {
                    segments.put(named.path(), Access.openNamed(pool, named.slot(), named.generation()));
                } catch (SharedMemoryException e) {
                    if (e.kind() == Kind.STALE_REFERENCE) {
                        return gone(named, e);
                    }
                    throw e;
                }
            }
            opened = true;
            return null;
        } finally {
            if (!opened) {
                segments.values().forEach(Segment::close);
            }
        }
    }

    private static SharedMemoryException gone(NamedSlot named, SharedMemoryException cause) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE,
                "the segment " + named.path()
                        + " of the dataset cannot be opened any more: its manifest is damaged; "
                        + cause.getMessage(),
                cause);
    }

    private List<DatasetInfo> listWithin(String prefix) {
        List<DatasetInfo> found = new ArrayList<>();
        for (String name : withNames(names -> names.list())) {
            if (DatasetPaths.isWithin(prefix, name)) {
                try {
                    Manifest manifest = withNames(names -> names.read(name));
                    if (manifest != null) {
                        found.add(DatasetInfo.of(name, manifest));
                    }
                } catch (SharedMemoryException e) {
                    Names.requireDamage(e);
                    LOG.warn("Not listed: {}", e.getMessage());
                }
            }
        }
        return found;
    }
}
