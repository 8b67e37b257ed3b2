package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.jobs.images.job.ImagesResult;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private final Comparison comparison = new Comparison(
            List.of(result("shm", 9), result("shm", 1), result("shm", 2)),
            List.of(result("flink", 100), result("flink", 20), result("flink", 10)));

    @Test
    void theMedianRunsAreCompared() {
        assertThat(comparison.firstMedian().seconds()).isEqualTo(2);
        assertThat(comparison.secondMedian().seconds()).isEqualTo(20);
        assertThat(comparison.ratio()).isEqualTo(10);
    }

    @Test
    void theJsonHoldsBothSidesAndTheRatio() {
        JsonNode json = Report.json(comparison, 2, new ImagesSession.Leftovers(0, 0));
        assertThat(json.path("ratio").asDouble()).isEqualTo(10);
        assertThat(json.path("rounds").asInt()).isEqualTo(3);
        assertThat(json.path("shm").path("seconds").asDouble()).isEqualTo(2);
        assertThat(json.path("flink").path("byValueReasons").path("because").asLong())
                .isEqualTo(7);
        assertThat(json.path("segmentsLeft").asLong()).isZero();
    }

    private static ImagesResult result(String exchange, double seconds) {
        TreeMap<String, Long> reasons = new TreeMap<>();
        reasons.put("because", 7L);
        return new ImagesResult(exchange, 1_000, 10, 3, reasons, 789_000, 800_000, seconds, null);
    }
}
