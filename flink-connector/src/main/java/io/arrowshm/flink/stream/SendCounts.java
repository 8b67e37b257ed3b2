package io.arrowshm.flink.stream;

import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How segments were sent, as metrics while the job runs and as accumulators in its result. One thread.
 *
 * <p>Metrics, in the operator's group: {@code arrow-shm.references}, {@code arrow-shm.referenceBytes},
 * {@code arrow-shm.byValue}. Accumulators: {@code arrow-shm.references} and {@code arrow-shm.byValue.<reason>}.
 */
final class SendCounts {
    private static final String PREFIX = "arrow-shm";

    private final RuntimeContext context;
    private final Counter references;
    private final Counter referenceBytes;
    private final Counter byValue;
    private final LongCounter totalReferences;
    private final Map<ByValueReason, LongCounter> totalByValue = new EnumMap<>(ByValueReason.class);

    SendCounts(RuntimeContext context) {
        this.context = context;
        MetricGroup group = context.getMetricGroup().addGroup(PREFIX);
        references = group.counter("references");
        referenceBytes = group.counter("referenceBytes");
        byValue = group.counter("byValue");
        totalReferences = context.getLongCounter(PREFIX + ".references");
    }

    void sentByReference(long bytes) {
        references.inc();
        referenceBytes.inc(bytes);
        totalReferences.add(1L);
    }

    void sentByValue(ByValueReason reason) {
        byValue.inc();
        totalByValue
                .computeIfAbsent(reason, r -> context.getLongCounter(PREFIX + ".byValue." + r.text()))
                .add(1L);
    }
}
