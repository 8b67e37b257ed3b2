package io.arrowshm.benchmark.e2e.job;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a job does, whatever it moves the arrays by.
 *
 * @param doubles in each array, at least 1
 * @param hops edges between the task that fills arrays and those that read them, at least 1
 * @param consumers tasks that each read every array, at least 1
 * @param reads what they read
 * @param warmUp since the first array, in which nothing is counted
 * @param measured after that
 */
public record Load(int doubles, int hops, int consumers, Reads reads, Duration warmUp, Duration measured)
        implements Serializable {
    /** What a consumer reads of each array. */
    public enum Reads {
        FIRST,
        ALL
    }

    /** Size of an array. */
    public long bytes() {
        return (long) doubles * Double.BYTES;
    }
}
