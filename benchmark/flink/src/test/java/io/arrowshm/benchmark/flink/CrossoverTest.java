package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CrossoverTest {
    @Test
    void itIsBetweenTheSizesAroundIt() {
        Crossover crossover = crossover(ratio(1 << 10, 0.5), ratio(1 << 12, 2), ratio(1 << 14, 4))
                .orElseThrow();
        assertThat(crossover.bytes()).isEqualTo(1 << 11);
        assertThat(crossover.slowerAt()).isEqualTo(1 << 10);
        assertThat(crossover.fasterAt()).isEqualTo(1 << 12);
        assertThat(crossover.isEverywhere()).isFalse();
    }

    @Test
    void whoIsFasterAtTheSmallestSizeIsFasterEverywhere() {
        assertThat(crossover(ratio(16, 2), ratio(64, 3))).hasValueSatisfying(crossover -> {
            assertThat(crossover.bytes()).isEqualTo(16);
            assertThat(crossover.isEverywhere()).isTrue();
        });
    }

    @Test
    void whoIsSlowerAtTheLargestSizeHasNone() {
        assertThat(crossover(ratio(16, 2), ratio(64, 0.3))).isEmpty();
    }

    @Test
    void beingSlowerOnceMoreCountsNotBeingFasterBefore() {
        assertThat(crossover(ratio(16, 2), ratio(64, 0.5), ratio(256, 2)))
                .hasValueSatisfying(crossover -> assertThat(crossover.bytes()).isEqualTo(128));
    }

    private static Optional<Crossover> crossover(Comparison... bySize) {
        return Crossover.of(List.of(bySize), Contestant.REFERENCE, Contestant.FLINKS_DEFAULT);
    }

    private static Comparison ratio(int bytes, double ratio) {
        return Measured.ofSize(bytes, ratio, 1);
    }
}
