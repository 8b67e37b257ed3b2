package io.arrowshm.shm.inspect;

import io.arrowshm.shm.PoolDescription;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.PoolFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Verifies every {@link Invariant} of a pool, also while others work in it: something is a violation only if two looks
 * in a row find the very same, in the same word of the same generation. One thread.
 */
public final class Verifier {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final List<Check> checks;
    /** Of what lies in the slots; if the slab records are damaged nobody knows where. */
    private final List<Check> slotChecks;

    private final Runnable pause;

    /**
     * @param deep whether every sealed segment is opened
     * @param pause between two looks
     */
    Verifier(boolean deep, Runnable pause) {
        this.pause = pause;
        // Whoever adds a structure to the pool adds its check here.
        checks = List.of(
                FileChecks::whileMapped,
                new SlabCheck(),
                TableChecks::participants,
                TableChecks::epochs,
                TableChecks::channels,
                TableChecks::hints);
        slotChecks = List.of(new SlotCheck(), new ContentCheck(deep));
    }

    /**
     * Verifies a pool, which takes a few tenths of a second.
     *
     * @param deep whether every sealed segment is opened as well, in a private copy: that takes memory for the largest
     * @return what is wrong; nothing, for a pool that is not damaged
     * @throws SharedMemoryException ABSENT, NO_PERMISSION, WRONG_VERSION
     */
    public static List<Violation> verify(PoolOptions pool, boolean deep) {
        return verify(pool, deep, () -> LockSupport.parkNanos(BETWEEN_LOOKS.toNanos()));
    }

    static List<Violation> verify(PoolOptions pool, boolean deep, Runnable pause) {
        Path directory = PoolView.find(pool);
        try {
            PoolDescription description = PoolView.describe(directory);
            List<Violation> unusable = beforeOpening(directory, description);
            return unusable.isEmpty() ? verify(directory, description, new Verifier(deep, pause)) : unusable;
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.CORRUPT) {
                throw e;
            }
            return List.of(new Violation(Invariant.DESCRIPTION, PoolFiles.DESCRIPTION, e.getMessage()));
        }
    }

    /** Violations that keep the pool from being opened at all. */
    static List<Violation> beforeOpening(Path directory, PoolDescription description) {
        Violations found = new Violations();
        FileChecks.beforeMapping(directory, description, found);
        return List.copyOf(found.all());
    }

    private static List<Violation> verify(Path directory, PoolDescription description, Verifier verifier) {
        PoolView pool;
        try {
            pool = new PoolView(directory, description);
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.CORRUPT) {
                throw e;
            }
            return List.of(new Violation(Invariant.REGISTRY, PoolFiles.REGISTRY, e.getMessage()));
        }
        try (pool) {
            return verifier.verify(pool);
        }
    }

    private List<Violation> verify(PoolView pool) {
        // Nothing comes of the first look but the generations that later ones must not fall below.
        look(pool);
        pause.run();
        Set<Violation> found = look(pool).all();
        if (!found.isEmpty()) {
            pause.run();
            found = look(pool).alsoIn(found);
        }
        return List.copyOf(found);
    }

    private Violations look(PoolView pool) {
        Violations found = new Violations();
        checks.forEach(check -> check.look(pool, found));
        if (!found.has(Invariant.SLAB_RECORD)) {
            slotChecks.forEach(check -> check.look(pool, found));
        }
        return found;
    }
}
