package io.arrowshm.benchmark.e2e.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.jobs.cluster.NetworkBytes;
import java.time.Duration;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Counts what a consumer reads. One thread. */
final class Meter {
    /** Asking for the time takes as long as passing on a small array. */
    private static final int ARRAYS_PER_LOOK = 16;

    private final long warmUpNanos;
    private long firstNanos;
    private long startNanos;
    private long arrays;
    private long arraysAtStart;
    private double sum;

    Meter(Duration warmUp) {
        warmUpNanos = warmUp.toNanos();
    }

    /** An array has been read. */
    void read(double value) {
        sum += value;
        if (startNanos == 0 && arrays % ARRAYS_PER_LOOK == 0) {
            look(System.nanoTime());
        }
        arrays++;
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
                        NetworkBytes.receivedRemotely(attempt))
                .addTo(context, consumer);
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
