package io.arrowshm.benchmark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.e2e.job.Figures;
import io.arrowshm.benchmark.e2e.job.Load;
import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Load LOAD = new Load(1_000_000, 1, 2, Load.Reads.FIRST, Duration.ZERO, Duration.ofSeconds(1));
    private static final Contestant CONTESTANT = Contestant.usual().get(0);

    @Test
    void theMedianIsTheRunInTheMiddle() {
        Comparison comparison = new Comparison(LOAD);
        DoubleStream.of(7, 1, 1000, 5, 6)
                .forEach(rate -> comparison.add(CONTESTANT, new Measurement(rate, rate, 0, 0)));
        assertThat(comparison.median(CONTESTANT).arraysPerSecond()).isEqualTo(6);
        assertThat(comparison.sortedRuns(CONTESTANT))
                .extracting(Measurement::arraysPerSecond)
                .containsExactly(1.0, 5.0, 6.0, 7.0, 1000.0);
    }

    @Test
    void theSlowestConsumerCountsAndWhatWasProducedIsCountedOnce() {
        Figures fast = new Figures(1_500, 1_000, 500_000_000, 0, 3_000);
        Figures slow = new Figures(1_500, 1_000, 1_000_000_000, 0, 3_000);
        Measurement measurement = Measurement.of(LOAD, List.of(fast, slow), 6);
        assertThat(measurement.arraysPerSecond()).isEqualTo(1_000);
        assertThat(measurement.gigabytesPerSecond()).isEqualTo(8);
        assertThat(measurement.cpuSecondsPerGigabyte()).isEqualTo(0.5);
        assertThat(measurement.networkBytesPerArray()).isEqualTo(2);
    }
}
