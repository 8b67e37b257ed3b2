package io.arrowshm.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One JVM of the cluster, under supervision: it halts when this JVM ends.
 *
 * @param name unique in the cluster, also after a restart; for a TaskManager its resource id
 * @param process the running JVM; its standard input stays open and unwritten
 */
record ClusterProcess(String name, Process process) {
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void requestStop() {
        process.destroy();
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
