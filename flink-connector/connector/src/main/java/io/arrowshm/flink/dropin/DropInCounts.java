package io.arrowshm.flink.dropin;

import io.arrowshm.flink.stream.ByValueReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How arrays were sent on armed edges, as metrics of the task while the job runs and as accumulators in its result. One
 * thread.
 *
 * <p>Metrics: {@code arrow-shm.references}, {@code arrow-shm.referenceBytes}, {@code arrow-shm.byValue},
 * {@code arrow-shm.creditWaits}. Accumulators:
 * {@code arrow-shm.references} and {@code arrow-shm.byValue.<reason>}.
 */
final class DropInCounts {
    private static final String PREFIX = "arrow-shm";

    private final Map<String, Accumulator<?, ?>> accumulators;
    private final Counter references;
    private final Counter referenceBytes;
    private final Counter byValue;
    private final Counter waits;
    private final LongCounter totalReferences;
    private final Map<ByValueReason, LongCounter> totalByValue = new EnumMap<>(ByValueReason.class);

    /**
     * @param accumulators of the task
     * @param metrics of the task
     */
    DropInCounts(Map<String, Accumulator<?, ?>> accumulators, MetricGroup metrics) {
        this.accumulators = accumulators;
        MetricGroup group = metrics.addGroup(PREFIX);
        references = group.counter("references");
        referenceBytes = group.counter("referenceBytes");
        byValue = group.counter("byValue");
        waits = group.counter("creditWaits");
        totalReferences = total(PREFIX + ".references");
    }

    void countReference(long bytes) {
        references.inc();
        referenceBytes.inc(bytes);
        totalReferences.add(1L);
    }

    /** The task had to wait for a receiver to give credit. */
    void countWait() {
        waits.inc();
    }

    void countValue(ByValueReason reason) {
        byValue.inc();
        totalByValue
                .computeIfAbsent(reason, r -> total(PREFIX + ".byValue." + r.text()))
                .add(1L);
    }

    private LongCounter total(String name) {
        LongCounter total = new LongCounter();
        // Under that name there may be the one of a send operator in the same task.
        return accumulators.putIfAbsent(name, total) instanceof LongCounter other ? other : total;
    }
}
