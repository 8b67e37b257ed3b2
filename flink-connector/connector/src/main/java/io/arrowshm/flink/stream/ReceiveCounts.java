package io.arrowshm.flink.stream;

import io.arrowshm.SharedMemoryPool;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** How segments were received, and how full the pool is, as metrics in the operator's group. One thread. */
final class ReceiveCounts {
    private final MetricGroup group;
    private final Counter references;
    private final Counter referenceBytes;
    private final Counter byValue;
    private final Counter stale;

    ReceiveCounts(MetricGroup operator) {
        group = operator.addGroup(SendCounts.GROUP);
        references = group.counter("receivedReferences");
        referenceBytes = group.counter("receivedReferenceBytes");
        byValue = group.counter("receivedByValue");
        stale = group.counter("staleReferences");
    }

    void receivedByReference(long bytes) {
        references.inc();
        referenceBytes.inc(bytes);
    }

    void receivedByValue() {
        byValue.inc();
    }

    void stale() {
        stale.inc();
    }

    /** Adds gauges of the whole pool, which every participant shows alike. */
    void show(SharedMemoryPool pool) {
        PoolGauges gauges = new PoolGauges(pool);
        group.gauge("poolBytes", pool::sizeBytes);
        group.gauge("poolBytesBacked", () -> gauges.statistics().backedBytes());
        group.gauge("poolSegments", () -> gauges.statistics().segments());
        group.gauge("poolSegmentsHeld", () -> gauges.statistics().segmentsHeld());
        group.gauge("poolSegmentsInFlight", () -> gauges.statistics().segmentsInFlight());
        group.gauge("poolParticipants", () -> gauges.statistics().participants());
    }
}
