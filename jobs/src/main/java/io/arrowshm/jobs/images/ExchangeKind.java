package io.arrowshm.jobs.images;

/** The exchanges that the command line knows. */
enum ExchangeKind {
    /** By reference, through shared memory. */
    SHM,
    /** Flink's own. */
    FLINK
}
