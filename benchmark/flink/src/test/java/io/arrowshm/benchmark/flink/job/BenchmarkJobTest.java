package io.arrowshm.benchmark.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is made of the accumulators of a job. */
class BenchmarkJobTest {
    private static final Load LOAD = Load.of(1).with(load -> {
        load.bytes = 80;
        load.consumers = 2;
    });

    @Test
    void everyConsumersFiguresAreRead() {
        Outcome outcome = checked(LOAD, accumulators(5, 10));
        assertThat(outcome.consumers()).hasSize(2);
        assertThat(outcome.consumers().get(1))
                .isEqualTo(new Figures(5, 4, 1_000_000, 10, 280, new Latency(1, 2, 3, 4)));
        assertThat(outcome.costs()).isEqualTo(new ProcessCosts(300, 7));
    }

    @Test
    void anArrayThatIsLostDoubledOrChangedEndsTheRun() {
        for (double wrong : new double[] {9, 11, 10.5, Double.NaN}) {
            Map<String, Object> accumulators = accumulators(5, 10);
            accumulators.put("consumer 1 sum", wrong);
            assertThatThrownBy(() -> checked(LOAD, accumulators))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessage("the job reference 80 is wrong: its consumer read 5 arrays with the sum " + wrong
                            + ", which should be 10.0");
        }
    }

    @Test
    void allElementsCountIfAllAreRead() {
        Load all = LOAD.with(load -> load.reads = Load.Reads.ALL);
        // The numbers from 0 to 4, and nine halves in each array.
        assertThat(checked(all, accumulators(5, 10 + 5 * 9 * 0.5)).consumers()).hasSize(2);
        assertThatThrownBy(() -> checked(all, accumulators(5, 10))).hasMessageContaining("which should be 32.5");
    }

    @Test
    void aRunThatEndsBeforeItIsWarmMeasuresNothingAndSaysWhatToDo() {
        Map<String, Object> accumulators = accumulators(5, 10);
        accumulators.put("consumer 0 counted", 0L);
        assertThatThrownBy(() -> checked(LOAD, accumulators))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("give it more --seconds");
    }

    private static Outcome checked(Load load, Map<String, Object> accumulators) {
        return BenchmarkJob.checked("reference 80", load, accumulators);
    }

    /** Of two consumers that have read the same, in processes 11 and 12. */
    private static Map<String, Object> accumulators(long arrays, double sum) {
        Map<String, Object> all = new HashMap<>();
        for (int consumer = 0; consumer < 2; consumer++) {
            String name = "consumer " + consumer + " ";
            all.put(name + "arrays", arrays);
            all.put(name + "counted", arrays - 1);
            all.put(name + "nanos", 1_000_000L);
            all.put(name + "sum", sum);
            all.put(name + "networkBytes", 280L);
            all.put(name + "p50", 1.0);
            all.put(name + "p99", 2.0);
            all.put(name + "p999", 3.0);
            all.put(name + "latencies", 4L);
        }
        all.putAll(Map.of(
                "allocatedBytes of 11", 100L,
                "allocatedBytes of 12", 200L,
                "collectionMillis of 11", 3L,
                "collectionMillis of 12", 4L));
        return all;
    }
}
