package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.metrics.TimerGauge;

/** Shows a task as one that waits for room downstream, as Flink does. */
@Internal
public record BackPressure(TimerGauge gauge) {
    static BackPressure of(Environment environment) {
        return new BackPressure(environment.getMetricGroup().getIOMetricGroup().getHardBackPressuredTimePerSecond());
    }

    public void begin() {
        gauge.markStart();
    }

    public void end() {
        gauge.markEnd();
    }
}
