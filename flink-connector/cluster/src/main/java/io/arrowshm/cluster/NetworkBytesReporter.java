package io.arrowshm.cluster;

import java.util.Objects;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/** Reports nothing: remembers each task's counter of bytes received from other TaskManagers, for {@link NetworkBytes}. */
final class NetworkBytesReporter implements MetricReporter {
    /**
     * Flink registers this counter twice for a task, in the task's own group and here (InputChannelMetrics); both
     * count the same.
     */
    private static final String SCOPE_SUFFIX = ".Shuffle.Netty.Input";

    private static final String COUNTER = "numBytesInRemote";

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String metricName, MetricGroup group) {
        if (isReceivedRemotely(metric, metricName, group)) {
            NetworkBytes.remember(taskAttemptId(group), (Counter) metric);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String metricName, MetricGroup group) {
        if (isReceivedRemotely(metric, metricName, group)) {
            NetworkBytes.forget(taskAttemptId(group), (Counter) metric);
        }
    }

    private static boolean isReceivedRemotely(Metric metric, String metricName, MetricGroup group) {
        return COUNTER.equals(metricName)
                && metric instanceof Counter
                && LogicalScopeProvider.castFrom(group)
                        .getLogicalScope(CharacterFilter.NO_OP_FILTER)
                        .endsWith(SCOPE_SUFFIX);
    }

    private static String taskAttemptId(MetricGroup group) {
        // The scope of the counter is inside a task, so the variable is there.
        return Objects.requireNonNull(group.getAllVariables().get(NetworkBytes.TASK_ATTEMPT_ID));
    }
}
