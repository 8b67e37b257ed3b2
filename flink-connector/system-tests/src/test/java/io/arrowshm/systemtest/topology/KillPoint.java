package io.arrowshm.systemtest.topology;

import io.arrowshm.cluster.Await;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Has a kill come in the middle of a job: sources take their time, say when the first of them is so far, and none of them
 * gets to its end before the kill. Afterwards they run at full speed. One for every source; one thread.
 */
final class KillPoint implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final long SOURCE_NANOS = 1_500_000_000L;
    private static final double LATEST = 0.9;

    private final String directory;
    private final long killAt;
    private final long waitAt;
    private final long parkNanos;
    private transient long passed;
    private transient boolean killed;

    /**
     * @param directory that files tell of the kill in
     * @param recordsOfSubtask that a subtask of the source makes
     * @param share of these after which the kill may come, at most 0.9
     */
    KillPoint(Path directory, int recordsOfSubtask, double share) {
        this.directory = directory.toString();
        killAt = (long) (recordsOfSubtask * share);
        waitAt = (long) (recordsOfSubtask * LATEST);
        parkNanos = SOURCE_NANOS / recordsOfSubtask;
    }

    void open() {
        killed = isKilled();
    }

    /** Before each record. */
    void pass() throws IOException {
        if (killed) {
            return;
        }
        if (passed == killAt) {
            Files.write(reached(Path.of(directory)), new byte[0]);
        }
        if (passed >= waitAt) {
            Await.until("a TaskManager is killed", TIMEOUT, this::isKilled, () -> "directory=" + directory);
            killed = true;
        }
        passed++;
        LockSupport.parkNanos(parkNanos);
    }

    /** There as soon as the kill may come. */
    static Path reached(Path directory) {
        return directory.resolve("reached");
    }

    /** To be written once somebody was killed. */
    static Path killed(Path directory) {
        return directory.resolve("killed");
    }

    private boolean isKilled() {
        return Files.exists(killed(Path.of(directory)));
    }
}
