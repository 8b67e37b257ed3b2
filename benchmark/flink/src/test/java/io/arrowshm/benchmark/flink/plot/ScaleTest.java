package io.arrowshm.benchmark.flink.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void aLogarithmicAxisNamesRoundNumbersAndMoreThanTwoOfThem() {
        assertThat(Scale.decimal(0.25, 105).ticks()).containsExactly(0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
    }

    @Test
    void overManyDecadesFewerNumbersAreNamed() {
        assertThat(Scale.decimal(0.5, 20_000).ticks())
                .hasSizeBetween(4, 9)
                .contains(1.0, 10.0, 1_000.0)
                .doesNotContain(2.0, 5.0);
    }

    @Test
    void numbersOfBytesAreNamedAtPowersOfTwo() {
        assertThat(Scale.binary(400, 1 << 24).ticks())
                .hasSizeBetween(4, 9)
                .contains(1024.0, 1024.0 * 1024)
                .allMatch(tick -> Long.bitCount(tick.longValue()) == 1);
    }

    @Test
    void aLinearAxisBeginsWithZeroAndEndsBehindTheLargestValue() {
        Scale scale = Scale.fromZero(1_647);
        assertThat(scale.least()).isZero();
        assertThat(scale.most()).isGreaterThanOrEqualTo(1_647);
        assertThat(scale.ticks()).hasSizeBetween(4, 7).startsWith(0.0).endsWith(scale.most());
    }

    @Test
    void whatIsMeasuredIsNamedItself() {
        Scale scale = Scale.through(List.of(256.0, 1024.0, 4096.0), true);
        assertThat(scale.ticks()).containsExactly(256.0, 1024.0, 4096.0);
        assertThat(scale.share(256)).isZero();
        assertThat(scale.share(1024)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.share(4096)).isEqualTo(1);
        assertThat(Scale.through(List.of(1.0, 2.0, 5.0), false).share(2)).isEqualTo(0.25);
    }
}
