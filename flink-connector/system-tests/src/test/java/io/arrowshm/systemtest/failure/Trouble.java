package io.arrowshm.systemtest.failure;

import io.arrowshm.cluster.Gate;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * What happens at a place of a job, from a number on and until it is over. Tasks tell when they come there; that survives
 * the process.
 *
 * @param place where
 * @param from the first record, or the first checkpoint, to which it happens
 * @param effect what
 * @param reached opened by the first task that comes there
 * @param over opened by the test; from then on nothing happens any more
 */
record Trouble(Place place, long from, Effect effect, Gate reached, Gate over) implements Serializable {
    private static final long SLOW_NANOS = 40_000_000;
    private static final long VERY_SLOW_NANOS = 10 * SLOW_NANOS;

    enum Place {
        /** The source, before it allocates a segment. */
        MAKING,
        /** The source, while it writes a segment. */
        BUILDING,
        /** The first operator behind an edge, with a segment on loan. */
        WORKING,
        /** The same, while it takes part in a checkpoint. */
        CHECKPOINT
    }

    enum Effect {
        STANDS_STILL,
        TAKES_ITS_TIME,
        TAKES_LONG,
        FAILS_ONCE,
        FAILS_ALWAYS
    }

    /** @param directory for the gates */
    static Trouble in(Path directory, Place place, long from, Effect effect) {
        String gate = directory.resolve(place + "-" + effect).toString();
        return new Trouble(place, from, effect, new Gate(gate + "-reached"), new Gate(gate + "-over"));
    }

    /** A task is at a place with a record or a checkpoint. */
    void at(Place here, long number) throws IOException {
        if (here != place || number < from || over.isOpen()) {
            return;
        }
        reached.open();
        switch (effect) {
            case STANDS_STILL -> over.pass();
            case TAKES_ITS_TIME -> LockSupport.parkNanos(SLOW_NANOS);
            case TAKES_LONG -> LockSupport.parkNanos(VERY_SLOW_NANOS);
            case FAILS_ONCE -> {
                over.open();
                throw new IllegalStateException("fails once, as the test wants, at " + number);
            }
            case FAILS_ALWAYS -> throw new IllegalStateException("fails always, as the test wants, at " + number);
        }
    }
}
