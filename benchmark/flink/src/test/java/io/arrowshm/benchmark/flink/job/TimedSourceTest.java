package io.arrowshm.benchmark.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.TimedSource.Numbers;
import org.junit.jupiter.api.Test;

class TimedSourceTest {
    @Test
    void thereIsOneNumberHoweverShortTheTime() {
        Numbers numbers = new Numbers(Load.of(0));
        assertThat(numbers.hasNext()).isTrue();
        assertThat(numbers.next()).isZero();
        assertThat(numbers.hasNext()).isFalse();
    }

    @Test
    void theTimeBeginsWithTheFirstNumberAndTheyFollowEachOther() {
        Numbers numbers = new Numbers(Load.of(0.01));
        long start = System.nanoTime();
        long next = 0;
        while (numbers.hasNext()) {
            assertThat(numbers.next()).isEqualTo(next++);
        }
        // It is warm after half as long.
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(15_000_000);
        assertThat(next).isGreaterThan(1);
    }

    @Test
    void pacedNumbersDoNotComeBeforeTheyAreDue() {
        Load paced = Load.of(1).with(load -> {
            load.bytes = 16;
            load.arraysPerSecond = 2_000;
        });
        Numbers numbers = new Numbers(paced);
        long start = System.nanoTime();
        for (long next = 0; next <= 20; next++) {
            assertThat(numbers.next()).isEqualTo(next);
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
    }
}
