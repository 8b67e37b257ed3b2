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
 * {@code arrow-shm.byValue}, {@code arrow-shm.reason.<reason>.byValue}, {@code arrow-shm.copies},
 * {@code arrow-shm.creditWaits}. Accumulators: {@code arrow-shm.references}, {@code arrow-shm.copies} and
 * {@code arrow-shm.byValue.<reason>}.
 */
final class SendCounts {
    static final String GROUP = "arrow-shm";

    private final RuntimeContext context;
    private final Counter references;
    private final Counter referenceBytes;
    private final Counter byValue;
    private final Counter copies;
    private final Counter waits;
    private final MetricGroup group;
    private final Map<ByValueReason, Counter> byValueReasons = new EnumMap<>(ByValueReason.class);
    private final LongCounter totalReferences;
    private final LongCounter totalCopies;
    private final Map<ByValueReason, LongCounter> totalByValue = new EnumMap<>(ByValueReason.class);

    SendCounts(RuntimeContext context) {
        this.context = context;
        group = context.getMetricGroup().addGroup(GROUP);
        references = group.counter("references");
        referenceBytes = group.counter("referenceBytes");
        byValue = group.counter("byValue");
        copies = group.counter("copies");
        waits = group.counter("creditWaits");
        totalReferences = context.getLongCounter(GROUP + ".references");
        totalCopies = context.getLongCounter(GROUP + ".copies");
    }

    void countReference(long bytes) {
        references.inc();
        referenceBytes.inc(bytes);
        totalReferences.add(1L);
    }

    /** A segment was copied into the pool, to be sent from there. */
    void countCopy() {
        copies.inc();
        totalCopies.add(1L);
    }

    /** The task had to wait for a receiver to join or to give credit. */
    void countWait() {
        waits.inc();
    }

    void countValue(ByValueReason reason) {
        byValue.inc();
        byValueReasons
                .computeIfAbsent(reason, r -> group.addGroup("reason", r.text()).counter("byValue"))
                .inc();
        totalByValue
                .computeIfAbsent(reason, r -> context.getLongCounter(GROUP + ".byValue." + r.text()))
                .add(1L);
    }
}
