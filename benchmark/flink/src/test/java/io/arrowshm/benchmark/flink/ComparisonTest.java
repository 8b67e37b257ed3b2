package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arrowshm.benchmark.flink.job.Figures;
import io.arrowshm.benchmark.flink.job.Latency;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.job.Outcome;
import io.arrowshm.benchmark.flink.job.ProcessCosts;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Load LOAD = Load.of(1).withBytes(8_000_000).withConsumers(2);
    private static final Latency NONE = new Latency(0, 0, 0, 0);

    @Test
    void theMedianIsTheRunInTheMiddle() {
        Comparison comparison = new Comparison(Question.SIZE, LOAD);
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

    @Test
    void theCrossoverIsBetweenTheSizesAroundIt() {
        List<Comparison> bySize = List.of(ratio(1 << 10, 0.5), ratio(1 << 12, 2), ratio(1 << 14, 4));
        assertThat(Results.crossover(bySize, Contestant.REFERENCE, Contestant.FLINKS_DEFAULT)
                        .orElseThrow())
                .isCloseTo(1 << 11, within(1e-6));
        assertThat(Results.crossovers(bySize))
                .containsExactly(
                        "reference is faster than pojo from about 2,048 bytes on, between the sizes 1,024 and 4,096.");
    }

    @Test
    void thereIsNoCrossoverWhereOneIsAlwaysFaster() {
        List<Comparison> faster = List.of(ratio(16, 2), ratio(64, 3));
        assertThat(Results.crossover(faster, Contestant.REFERENCE, Contestant.FLINKS_DEFAULT))
                .hasValue(16);
        assertThat(Results.crossovers(faster)).containsExactly("reference is faster than pojo at all sizes.");
        assertThat(Results.crossover(
                        List.of(ratio(16, 2), ratio(64, 0.3)), Contestant.REFERENCE, Contestant.FLINKS_DEFAULT))
                .isEmpty();
    }

    private static Comparison ratio(int bytes, double ratio) {
        Comparison comparison = new Comparison(Question.SIZE, LOAD.withBytes(bytes));
        comparison.add(Contestant.REFERENCE, atRate(ratio));
        comparison.add(Contestant.FLINKS_DEFAULT, atRate(1));
        return comparison;
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
