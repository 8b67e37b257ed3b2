package io.arrowshm.benchmark.flink.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.arrowshm.benchmark.flink.limits.LimitsRound.CopyRates;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void everyFigureIsTheMedianOfItsRounds() {
        Limits limits = Limits.of(List.of(round(3), round(1), round(2)));
        assertThat(limits.memoryCopies())
                .hasSize(Limits.COPIED_BYTES.size())
                .allSatisfy(copies -> assertThat(List.of(
                                copies.warm().median(),
                                copies.uncached().median(),
                                copies.cold().median()))
                        .containsExactly(20.0, 10.0, 2.0));
        assertThat(limits.loopbackGigabytesPerSecond().median()).isEqualTo(4);
        assertThat(limits.handOverNanos().median()).isEqualTo(200);
        assertThat(limits.handOverP99Nanos().median()).isEqualTo(400);
        assertThat(limits.flinkRecordsPerSecond().runs()).containsExactly(1e6, 2e6, 3e6);
    }

    @Test
    void referencesAreComparedWithFlinksRecords() {
        Limits limits = Limits.of(List.of(round(1)));
        assertThat(limits.references())
                .extracting(Limits.References::bytes, Limits.References::perFlinkRecord)
                .containsExactly(tuple(1 << 16, 0.9), tuple(1 << 26, 0.8));
        assertThat(limits.table())
                .contains("67,108,864", "900,000", "0.90 of Flink's records", "0.80 of Flink's records");
    }

    private static LimitsRound round(int number) {
        return new LimitsRound(
                Collections.nCopies(Limits.COPIED_BYTES.size(), new CopyRates(10 * number, 5 * number, number)),
                2 * number,
                new CacheLine.HandOvers(100 * number, 200 * number),
                1e6 * number,
                List.of(0.9e6 * number, 0.8e6 * number));
    }
}
