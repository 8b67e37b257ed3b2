package io.arrowshm.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theMedianIsTheRunInTheMiddleAndTheExtremesAreShown() {
        Spread spread = Spread.of(List.of(7.0, 1.0, 1000.0, 5.0, 6.0));
        assertThat(spread.median()).isEqualTo(6);
        assertThat(spread.runs()).containsExactly(1.0, 5.0, 6.0, 7.0, 1000.0);
        assertThat(spread.median("%.1f")).isEqualTo("6.0");
        assertThat(spread.range("%,.1f")).isEqualTo("1.0 to 1,000.0");
        assertThat(spread.most("%.0f")).isEqualTo("1000");
    }

    @Test
    void noRunsAreNoSpread() {
        assertThatThrownBy(() -> Spread.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one");
    }
}
