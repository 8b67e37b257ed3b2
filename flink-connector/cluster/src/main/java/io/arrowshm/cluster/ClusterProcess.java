package io.arrowshm.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One JVM of the cluster, under supervision: it halts when this JVM ends.
 *
 * @param name unique in the cluster, also after a restart; for a TaskManager its resource id
 * @param process the running JVM; its standard input stays open and unwritten
 * @param recording what it writes down when it ends, for those that start later, or null
 */
record ClusterProcess(String name, Process process, ClassData.@Nullable Recording recording) {
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void requestStop() {
        process.destroy();
    }

    /** Call when it has ended after {@link #requestStop}. */
    void keepRecording() {
        if (recording != null) {
            recording.keep();
        }
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(30));
    }

    /** Waits for the end of the process, interrupted or not; returns whether it is gone. */
    boolean awaitExit(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
