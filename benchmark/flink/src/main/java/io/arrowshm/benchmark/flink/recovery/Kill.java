package io.arrowshm.benchmark.flink.recovery;

import org.jspecify.annotations.Nullable;

/**
 * What happened after one SIGKILL; times count from then, in milliseconds.
 *
 * @param heartbeats of the cluster
 * @param traffic of the job
 * @param killed whose TaskManager
 * @param memory absent if the traffic has none in the pool
 * @param noticedMs until the JobManager knew that a task had failed
 * @param registeredMs until the new TaskManager had registered, before which nothing can run there
 * @param restarts how often the JobManager deployed the tasks again
 * @param runsAgainMs until all tasks ran, in a new TaskManager that was started at once
 */
public record Kill(
        Heartbeats heartbeats,
        Traffic traffic,
        Role killed,
        @Nullable Memory memory,
        double noticedMs,
        double registeredMs,
        int restarts,
        double runsAgainMs) {
    /**
     * Memory of the pool.
     *
     * @param heldBytes by the killed process
     * @param heldBackMs until all of that was given back
     * @param inFlightBytes between the two processes
     * @param inFlightBackMs until all of that was received or given back
     */
    public record Memory(long heldBytes, double heldBackMs, long inFlightBytes, double inFlightBackMs) {}
}
