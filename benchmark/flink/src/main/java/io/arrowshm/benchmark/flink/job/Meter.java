package io.arrowshm.benchmark.flink.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.cluster.NetworkBytes;
import org.HdrHistogram.Histogram;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Counts what a consumer reads, and measures how long arrays took if they come at a fixed rate. One thread. */
final class Meter {
    /** Asking for the time takes as long as passing on a small array; of large ones there may be few. */
    private static final int ARRAYS_PER_LOOK = 16;

    private static final int LARGE_BYTES = 1 << 16;

    private static final int DIGITS = 3;

    private final ProcessCosts costs = ProcessCosts.now();
    private final Histogram latencies = new Histogram(DIGITS);
    private final long warmUpNanos;
    private final int arraysPerLook;
    private long firstNanos;
    private long startNanos;
    private long arrays;
    private long arraysAtStart;
    private double sum;

    Meter(Load load) {
        warmUpNanos = (long) (load.warmUpSeconds() * 1e9);
        arraysPerLook = load.bytes() < LARGE_BYTES ? ARRAYS_PER_LOOK : 1;
    }

    /** An array has been read. */
    void read(double value) {
        sum += value;
        if (startNanos == 0 && arrays % arraysPerLook == 0) {
            look(System.nanoTime());
        }
        arrays++;
    }

    /** The array that was read last has been due at that time, by {@link System#nanoTime}. */
    void arrived(double dueNanos) {
        if (startNanos != 0) {
            latencies.recordValue(Math.max(0, System.nanoTime() - (long) dueNanos));
        }
    }

    /** All arrays have been read. */
    void finish(RuntimeContext context, int consumer) {
        String attempt =
                requireNonNull(context.getMetricGroup().getAllVariables().get(NetworkBytes.TASK_ATTEMPT_ID));
        boolean warm = startNanos != 0;
        new Figures(
                        arrays,
                        warm ? arrays - arraysAtStart : 0,
                        warm ? System.nanoTime() - startNanos : 0,
                        sum,
                        NetworkBytes.receivedRemotely(attempt),
                        Latency.of(latencies))
                .addTo(context, consumer);
        costs.addTo(context);
    }

    private void look(long now) {
        if (arrays == 0) {
            firstNanos = now;
        } else if (now - firstNanos >= warmUpNanos) {
            startNanos = now;
            arraysAtStart = arrays;
        }
    }
}
