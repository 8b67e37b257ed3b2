package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Figures;
import io.arrowshm.benchmark.flink.job.Latency;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.job.Outcome;
import io.arrowshm.benchmark.flink.job.ProcessCosts;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Load LOAD = Load.of(1).with(load -> {
        load.bytes = 8_000_000;
        load.consumers = 2;
    });
    private static final Latency NONE = new Latency(0, 0, 0, 0);

    @Test
    void theMedianIsTheRunInTheMiddle() {
        Comparison comparison = new Comparison(Questions.SIZE, LOAD);
        DoubleStream.of(7, 1, 1000, 5, 6).forEach(rate -> comparison.add(Contestant.REFERENCE, atRate(rate)));
        assertThat(comparison.median(Contestant.REFERENCE).gigabytesPerSecond()).isEqualTo(6);
        assertThat(comparison.sortedRuns(Contestant.REFERENCE))
                .extracting(Measurement::gigabytesPerSecond)
                .containsExactly(1.0, 5.0, 6.0, 7.0, 1000.0);
    }

    @Test
    void theSlowestConsumerCountsAndWhatWasProducedIsCountedOnce() {
        Measurement measurement = Measurement.of(LOAD, List.of(job(new ProcessCosts(3_000, 24))), 6, null);
        assertThat(measurement.arraysPerSecond()).isEqualTo(1_000);
        assertThat(measurement.gigabytesPerSecond()).isEqualTo(8);
        assertThat(measurement.cpuSecondsPerGigabyte()).isEqualTo(0.5);
        assertThat(measurement.networkBytesPerArray()).isEqualTo(2);
        assertThat(measurement.allocatedBytesPerArray()).isEqualTo(2);
        assertThat(measurement.collectionMillisPerGigabyte()).isEqualTo(2);
        assertThat(measurement.latency()).isNull();
    }

    @Test
    void jobsAddUpAndTheirProcessesCountOnce() {
        Measurement measurement = Measurement.of(
                LOAD, List.of(job(new ProcessCosts(6_000, 48)), job(new ProcessCosts(5_000, 40))), 6, null);
        assertThat(measurement.arraysPerSecond()).isEqualTo(2_000);
        assertThat(measurement.cpuSecondsPerGigabyte()).isEqualTo(0.25);
        assertThat(measurement.allocatedBytesPerArray()).isEqualTo(2);
        assertThat(measurement.collectionMillisPerGigabyte()).isEqualTo(2);
    }

    private static Measurement atRate(double rate) {
        return new Measurement(rate, rate, 0, 0, 0, 0, null, null);
    }

    /** Of 1,500 arrays of 8 MB, 1,000 a second at the slower one of two consumers. */
    private static Outcome job(ProcessCosts costs) {
        return new Outcome(
                List.of(
                        new Figures(1_500, 1_000, 500_000_000, 0, 3_000, NONE),
                        new Figures(1_500, 1_000, 1_000_000_000, 0, 3_000, NONE)),
                costs);
    }
}
