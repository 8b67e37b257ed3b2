package io.arrowshm.jobs.images;

import java.util.Locale;

/** The exchanges that the command line knows. */
enum ExchangeKind {
    /** By reference, through shared memory. */
    SHM,
    /** Flink's own. */
    FLINK,
    /** Flink's own, with drop-in mode. */
    DROP_IN;

    /** As the user writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
