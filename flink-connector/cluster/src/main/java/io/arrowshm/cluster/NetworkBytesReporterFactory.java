package io.arrowshm.cluster;

import java.util.Map;
import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Found by Flink with the service loader; named in the configuration that {@link LocalCluster} writes. */
public final class NetworkBytesReporterFactory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new NetworkBytesReporter();
    }

    static Map<String, String> flinkOptions() {
        return Map.of("metrics.reporter.network-bytes.factory.class", NetworkBytesReporterFactory.class.getName());
    }
}
