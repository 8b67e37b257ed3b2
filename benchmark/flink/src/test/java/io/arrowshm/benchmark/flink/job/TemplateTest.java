package io.arrowshm.benchmark.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static final Load LOAD = Load.of(1).with(load -> load.bytes = 64);

    @Test
    void theExpectedSumIsThatOfWhatIsRead() {
        Template template = new Template(LOAD);
        double first = 0;
        double all = 0;
        for (long number = 0; number < 100; number++) {
            double[] array = template.of(number);
            array[0] = number;
            first += array[0];
            all += DoubleStream.of(array).sum();
            assertThat(Template.expectedSum(LOAD, number + 1)).isEqualTo(first);
            assertThat(Template.expectedSum(LOAD.with(load -> load.reads = Load.Reads.ALL), number + 1))
                    .isEqualTo(all);
        }
    }

    @Test
    void itIsExactForAsManyArraysAsMinutesOfTheSmallestTake() {
        assertThat(Template.expectedSum(LOAD, 60_000_001)).isEqualTo(60_000_001L * 30_000_000L);
    }

    @Test
    void pacedArraysSayWhenTheyWereDueHoweverLateTheyAre() {
        Load paced = LOAD.with(load -> load.arraysPerSecond = 1e9);
        Template template = new Template(paced);
        double start = template.of(0)[Template.DUE];
        assertThat(start).isLessThanOrEqualTo((double) System.nanoTime());
        // Made at once, long after it was due: what it waited for counts.
        assertThat(template.of(1)[Template.DUE]).isLessThanOrEqualTo(start + 1);
        double earlier = template.of(1_000_000_000_000_000L)[Template.DUE] - 1e15;
        assertThat(earlier)
                .as("an array that came early says that the source began early")
                .isLessThan(start);
    }
}
