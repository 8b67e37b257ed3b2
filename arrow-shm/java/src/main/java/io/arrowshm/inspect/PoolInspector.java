package io.arrowshm.inspect;

import io.arrowshm.PoolOptions;
import io.arrowshm.dataset.DatasetWatch;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.directory.PoolDirectory;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.names.Repaired;
import io.arrowshm.internal.recovery.Sweeper;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.secrets.Secrets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * A pool seen from outside. It takes no participant's place, so that it can be opened when all places are taken, when
 * nobody is alive and while participants are stopped. Whoever only looks holds no lock of the pool either, and can be
 * killed or stopped without anybody noticing; whoever takes back, removes or renames can be killed. Not in a JVM that has
 * the pool open through another class loader. Any thread.
 */
public final class PoolInspector implements AutoCloseable {
    private static final Duration NAMES_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RECLAIMER_TIMEOUT = Duration.ofSeconds(5);

    private final PoolOptions options;
    private final PoolView pool;

    private PoolInspector(PoolOptions options, PoolView pool) {
        this.options = options;
        this.pool = pool;
    }

    /**
     * The names of all pools in a directory, in order.
     *
     * @throws SharedMemoryException ABSENT if there is no such directory
     */
    public static List<String> pools(Path directory) {
        return PoolDirectory.names(directory);
    }

    /**
     * Removes a pool and everything in it, also under processes that have it open: they keep what they have mapped, and find
     * no slab that they have not; nobody can join them. False if there is none. {@link
     * io.arrowshm.SharedMemoryPool#remove(PoolOptions)} does so only while nobody has it open.
     *
     * @throws SharedMemoryException NO_PERMISSION; CORRUPT if something in it is no pool's: then all of it stays
     */
    public static boolean removeFromUnderLiving(PoolOptions options) {
        return PoolView.place(options).removeFromUnderLiving();
    }

    /**
     * Opens a pool; none is made.
     *
     * @throws SharedMemoryException ABSENT, NO_PERMISSION, WRONG_VERSION, CORRUPT (see {@link Verifier})
     */
    public static PoolInspector open(PoolOptions options) {
        DirectoryHandle directory = PoolView.find(options);
        return new PoolInspector(options, PoolView.place(options).open(directory, PoolView::open));
    }

    /**
     * Looks at every slot once.
     *
     * @throws SharedMemoryException ABSENT if the pool was removed since it was opened
     */
    public PoolSnapshot snapshot() {
        PoolView.place(options).requireStill(pool.directory);
        return new SnapshotTaker(pool).take(options.name());
    }

    /** All datasets, by name, also those that cannot be read. */
    public List<DatasetSnapshot> datasets() {
        List<DatasetSnapshot> datasets = new ArrayList<>();
        for (String name : pool.names.list()) {
            try {
                Manifest manifest = pool.names.read(name);
                if (manifest != null) {
                    datasets.add(DatasetSnapshot.of(name, manifest));
                }
            } catch (SharedMemoryException e) {
                datasets.add(DatasetSnapshot.unreadable(name, String.valueOf(e.getMessage())));
            }
        }
        return datasets;
    }

    /**
     * One dataset.
     *
     * @throws SharedMemoryException ABSENT, ARGUMENT (there cannot be such a name), CORRUPT, WRONG_VERSION
     */
    public DatasetSnapshot dataset(String name) {
        Manifest manifest = pool.names.read(DatasetPaths.checkName(name));
        if (manifest == null) {
            throw noDataset(name);
        }
        return DatasetSnapshot.of(name, manifest);
    }

    /**
     * Tells what happens to datasets, beginning with those that are there. To be closed, before this is.
     *
     * @param prefix name of the dataset that is watched with those below it; empty for all
     * @throws SharedMemoryException ARGUMENT (there cannot be such a name)
     */
    public DatasetWatch watch(String prefix) {
        return Secrets.watches(DatasetWatch.class)
                .watch(this::withNames, prefix.isEmpty() ? prefix : DatasetPaths.checkName(prefix));
    }

    private <T> T withNames(Function<Names, T> action) {
        return action.apply(pool.names);
    }

    /**
     * Removes datasets, damaged ones too, one after the other; none if one of them is not there. Who reads one keeps it
     * until it is closed.
     *
     * @throws SharedMemoryException ABSENT, ARGUMENT; IN_USE if the names lock cannot be had
     */
    public void removeDatasets(List<String> datasets) {
        for (String name : datasets) {
            if (!pool.names.exists(DatasetPaths.checkName(name))) {
                throw noDataset(name);
            }
        }
        for (String name : datasets) {
            if (!pool.names.delete(name)) {
                throw noDataset(name);
            }
        }
    }

    /**
     * Gives a dataset another name, at once for all. Who reads it keeps it.
     *
     * @param overwrite whether a dataset of the new name is replaced
     * @throws SharedMemoryException ABSENT, ARGUMENT, EXISTS; IN_USE if the names lock cannot be had
     */
    public void renameDataset(String name, String newName, boolean overwrite) {
        pool.names.rename(DatasetPaths.checkName(name), DatasetPaths.checkName(newName), overwrite);
    }

    /**
     * Takes back what dead participants and ended epochs have left, as every participant does all the time, under the
     * locks of the dead; puts names right again; and removes the files of those who died while they made a slab or a pool
     * of this name.
     *
     * @throws SharedMemoryException IN_USE if another process does so all the time
     */
    public Reclaimed reclaim() {
        if (!pool.participants.takeReclaimersPlace(RECLAIMER_TIMEOUT)) {
            throw new SharedMemoryException(
                    Kind.IN_USE,
                    "another process has been reclaiming the pool " + options.name() + " for more than "
                            + RECLAIMER_TIMEOUT.toMillis() + " ms; is it stopped?");
        }
        try {
            return reclaimAlone();
        } finally {
            pool.participants.giveReclaimersPlaceBack();
        }
    }

    private Reclaimed reclaimAlone() {
        Sweeper sweeper = new Sweeper(
                pool.participants,
                pool.epochs,
                Participants.RECLAIMER,
                new Reclaimer(pool.slots),
                pool.slabs::slotsInUse,
                pool.names,
                pool.slabs::deleteUnlistedFiles);
        // Before the sweep, which does so too and does not count them.
        int slabFiles = pool.slabs.deleteUnlistedFiles();
        int participants = 0;
        int epochs = 0;
        int datasets = 0;
        BitSet slots = new BitSet();
        // An epoch may be void only once those that it sent to are.
        for (Sweeper.Swept swept = sweeper.sweep(); !swept.isNothing(); swept = sweeper.sweep()) {
            participants += swept.participants();
            epochs += swept.epochs();
            datasets += swept.datasets();
            slots.or(swept.slots());
        }
        String namesNotRepaired = null;
        try {
            Repaired repaired = pool.names.repair(NAMES_TIMEOUT);
            datasets += repaired.datasets();
            slots.or(repaired.freedSlots());
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.IN_USE) {
                throw e;
            }
            namesNotRepaired = e.getMessage();
        }
        long bytes = slots.stream().mapToLong(pool.slabs::blockBytes).sum();
        int leftovers = PoolView.place(options).removeLeftovers();
        return new Reclaimed(
                participants, epochs, datasets, slots.cardinality(), bytes, slabFiles, leftovers, namesNotRepaired);
    }

    @Override
    public void close() {
        pool.close();
    }

    private SharedMemoryException noDataset(String name) {
        return new SharedMemoryException(Kind.ABSENT, "there is no dataset " + name + " in the pool " + options.name());
    }
}
