package io.arrowshm.benchmark.peers.jvm;

import java.io.IOException;

/** What the caller has, and what it gets from the worker, in one of several ways. Closing gives everything back. */
interface CallerArrays extends AutoCloseable {
    /** Hands every array over, and waits for all results: what is measured. */
    void handOver() throws IOException;

    /** An element of a result, until {@link #next}. */
    double result(int array, int element);

    /** Gives the results back; the caller's arrays now have the values of the results. */
    void next();

    @Override
    void close();
}
