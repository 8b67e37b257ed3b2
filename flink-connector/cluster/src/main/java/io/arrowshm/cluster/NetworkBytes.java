package io.arrowshm.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;

/**
 * How many bytes the tasks of this JVM have received from other TaskManagers, by Flink's own count. For functions that
 * run in a {@link LocalCluster}; the counters come from {@link NetworkBytesReporter}, which every TaskManager of it has.
 */
public final class NetworkBytes {
    /** The variable of a metric group ({@code getMetricGroup().getAllVariables()}) that holds the attempt's id. */
    public static final String TASK_ATTEMPT_ID = "<task_attempt_id>";

    private static final Map<String, Counter> RECEIVED_REMOTELY = new ConcurrentHashMap<>();

    private NetworkBytes() {}

    /**
     * Bytes that a task has read from channels to other TaskManagers, headers of records included. Exact when called in
     * the task's own thread; the sum for the whole task when called in {@code finish()} or {@code close()} after all
     * input has ended. The counter is forgotten when the task has ended.
     *
     * @throws IllegalStateException if no such task runs in this JVM, it has no input, or the reporter is not configured
     */
    public static long receivedRemotely(String taskAttemptId) {
        Counter counter = RECEIVED_REMOTELY.get(taskAttemptId);
        if (counter == null) {
            throw new IllegalStateException("no counter of bytes received by this task: taskAttemptId=" + taskAttemptId
                    + ", counted tasks=" + RECEIVED_REMOTELY.keySet());
        }
        return counter.getCount();
    }

    static void remember(String taskAttemptId, Counter counter) {
        RECEIVED_REMOTELY.put(taskAttemptId, counter);
    }

    static void forget(String taskAttemptId, Counter counter) {
        RECEIVED_REMOTELY.remove(taskAttemptId, counter);
    }
}
