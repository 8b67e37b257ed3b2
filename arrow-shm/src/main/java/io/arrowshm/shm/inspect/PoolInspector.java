package io.arrowshm.shm.inspect;

import io.arrowshm.shm.PoolDescription;
import io.arrowshm.shm.PoolDirectory;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.allocator.SlabEntries;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.recovery.Sweeper;
import io.arrowshm.shm.registry.Reclaimer;
import java.nio.file.Path;
import java.util.List;

/**
 * A pool seen from outside. It takes no participant's place and holds no lock of the pool, so that it can be opened when
 * all places are taken, when nobody is alive and while participants are stopped, and can be killed or stopped itself
 * without anybody noticing. Not in a JVM that has the pool open through another class loader. Any thread.
 */
public final class PoolInspector implements AutoCloseable {
    private final PoolOptions options;
    private final PoolView pool;

    private PoolInspector(PoolOptions options, PoolView pool) {
        this.options = options;
        this.pool = pool;
    }

    /**
     * Opens a pool; none is made.
     *
     * @throws SharedMemoryException ABSENT, NO_PERMISSION, WRONG_VERSION, CORRUPT (see {@link Verifier})
     */
    public static PoolInspector open(PoolOptions options) {
        return new PoolInspector(options, PoolView.open(PoolView.find(options)));
    }

    /** What stands in pool.json. */
    public PoolDescription description() {
        return pool.description;
    }

    /**
     * Looks at every slot once.
     *
     * @throws SharedMemoryException ABSENT if the pool was removed since it was opened
     */
    public PoolSnapshot snapshot() {
        if (!pool.directory.equals(new PoolDirectory(Path.of(options.directory()), options.name()).find())) {
            throw new SharedMemoryException(Kind.ABSENT, "the pool " + options.name() + " was removed");
        }
        return new SnapshotTaker(pool).take(options.name());
    }

    /**
     * Takes back what dead participants and ended epochs have left, as every participant does all the time, under the
     * locks of the dead; and the files of those who died while they made a slab or a pool of this name.
     */
    public Reclaimed reclaim() {
        Sweeper sweeper = new Sweeper(
                pool.participants,
                pool.epochs,
                new Reclaimer(pool.slots),
                pool.slabs::slotsInUse,
                pool.names,
                pool.slabs::deleteUnlistedFiles);
        // Before the sweep, which does so too and does not count them.
        int slabFiles = pool.slabs.deleteUnlistedFiles();
        List<SlabEntries.Entry> slabs = pool.slabs.read();
        int participants = 0;
        int epochs = 0;
        int segments = 0;
        long bytes = 0;
        // An epoch may be void only once those that it sent to are.
        for (Sweeper.Swept swept = sweeper.sweep(); !swept.isNothing(); swept = sweeper.sweep()) {
            participants += swept.participants();
            epochs += swept.epochs();
            segments += swept.slots().cardinality();
            bytes += swept.slots().stream()
                    .mapToLong(slot -> blockBytes(slabs, slot))
                    .sum();
        }
        int leftovers = new PoolDirectory(Path.of(options.directory()), options.name()).removeLeftovers();
        return new Reclaimed(participants, epochs, segments, bytes, slabFiles, leftovers);
    }

    @Override
    public void close() {
        pool.close();
    }

    private static long blockBytes(List<SlabEntries.Entry> slabs, int slot) {
        return slabs.stream()
                .filter(slab -> slot >= slab.firstSlot() && slot < slab.endSlot())
                .mapToLong(SlabEntries.Entry::blockBytes)
                .findFirst()
                .orElse(0);
    }
}
