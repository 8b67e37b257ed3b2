package io.arrowshm.jobs.images;

/** How much of every batch the workers read. */
enum Touch {
    /** One image of each batch, and no arithmetic: for measuring the exchange. */
    ROW,
    /** All of it. */
    ALL
}
