package io.arrowshm.benchmark.flink.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EndLabelsTest {
    private static final double GAP = 15;

    @Test
    void labelsThatHaveRoomStayWhereTheyAre() {
        assertThat(placed(200, 50, 100)).containsExactly(200, 50, 100);
    }

    @Test
    void labelsThatTouchMakeRoomOnBothSidesAndKeepTheirOrder() {
        assertThat(placed(100, 100)).containsExactly(92.5, 107.5);
        assertThat(placed(101, 100)).containsExactly(108, 93);
    }

    @Test
    void labelsStayBetweenTopAndBottom() {
        assertThat(placed(1, 2)).containsExactly(10, 25);
        assertThat(placed(399, 398)).containsExactly(400, 385);
    }

    @Test
    void noTwoLabelsLieOnEachOtherHoweverManyThereAre() {
        for (long seed = 0; seed < 200; seed++) {
            double[] wanted = new Random(seed).doubles(20, 10, 400).toArray();
            double[] placed = placed(wanted);
            Arrays.sort(placed);
            assertThat(placed[0]).as("seed %d", seed).isGreaterThanOrEqualTo(10 - 1e-9);
            assertThat(placed[19]).as("seed %d", seed).isLessThanOrEqualTo(400 + 1e-9);
            for (int i = 1; i < placed.length; i++) {
                assertThat(placed[i] - placed[i - 1]).as("seed %d", seed).isGreaterThanOrEqualTo(GAP - 1e-9);
            }
        }
    }

    private static double[] placed(double... wanted) {
        return EndLabels.placed(wanted, GAP, 10, 400);
    }
}
