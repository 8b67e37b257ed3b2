package io.arrowshm.inspect;

import io.arrowshm.PoolOptions;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.directory.PoolFileChecks;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.DirectoryHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Verifies every {@link Invariant} of a pool, also while others work in it: something is a violation only if two looks
 * in a row find the very same, in the same word of the same generation. One thread.
 */
public final class Verifier {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration NAMES_TIMEOUT = Duration.ofSeconds(2);

    private final List<Check> checks;
    /** Invariants of what lies in the slots; if the slab records are damaged nobody knows where. */
    private final List<Check> slotChecks;

    private final Runnable pause;
    private final List<String> notVerified = new ArrayList<>();

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
        slotChecks = List.of(new SlotCheck(), new ContentCheck(deep), this::checkNames);
    }

    /**
     * Verifies a pool, which takes a few tenths of a second. The names lock is held meanwhile for some milliseconds, two or
     * three times; if it cannot be had, names are not verified and the result says so.
     *
     * @param deep whether every sealed segment is opened as well, in a private copy: that takes memory for the largest
     * @throws SharedMemoryException ABSENT, NO_PERMISSION, WRONG_VERSION
     */
    public static Verification verify(PoolOptions options, boolean deep) {
        return verify(options, deep, () -> LockSupport.parkNanos(BETWEEN_LOOKS.toNanos()));
    }

    static Verification verify(PoolOptions options, boolean deep, Runnable pause) {
        try (DirectoryHandle directory = PoolView.find(options)) {
            Verifier verifier = new Verifier(deep, pause);
            return PoolView.place(options).open(directory, found -> verify(found, verifier));
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.CORRUPT) {
                throw e;
            }
            return Verification.of(
                    List.of(new Violation(Invariant.DESCRIPTION, PoolFiles.DESCRIPTION, e.getMessage())));
        }
    }

    private static Verification verify(DirectoryHandle directory, Verifier verifier) {
        PoolDescription description = PoolDescription.read(directory.path());
        List<PoolFileChecks.Problem> unusable = PoolFileChecks.look(directory.path(), description.slots());
        if (!unusable.isEmpty()) {
            return Verification.of(unusable.stream()
                    .map(problem -> new Violation(
                            Invariant.FILES, problem.file(), problem.reason().getMessage()))
                    .toList());
        }
        PoolView pool;
        try {
            pool = new PoolView(directory, description);
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.CORRUPT) {
                throw e;
            }
            return Verification.of(List.of(new Violation(Invariant.REGISTRY, PoolFiles.RECORDS, e.getMessage())));
        }
        try (pool) {
            return verifier.verify(pool);
        }
    }

    private Verification verify(PoolView pool) {
        // Nothing comes of the first look but the generations that later ones must not fall below.
        look(pool);
        pause.run();
        Set<Violation> found = look(pool).all();
        if (!found.isEmpty()) {
            pause.run();
            found = look(pool).alsoIn(found);
        }
        return new Verification(List.copyOf(found), List.copyOf(notVerified), RefusedFile.in(pool.names.incoming()));
    }

    private void checkNames(PoolView pool, Violations found) {
        if (notVerified.isEmpty()) {
            try {
                pool.names
                        .violations(NAMES_TIMEOUT)
                        .forEach(violation -> found.add(Invariant.NAMES, PoolFiles.NAMES, violation));
            } catch (SharedMemoryException e) {
                if (e.kind() != Kind.IN_USE) {
                    throw e;
                }
                notVerified.add(Invariant.NAMES + ": " + e.getMessage());
            }
        }
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
