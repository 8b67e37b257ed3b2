package io.arrowshm.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.benchmark.report.Machine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeerComparisonTest {
    private static final Peer OURS = peer("arrow-shm");
    private static final Peer OURS_IN_PLACE = peer("arrow-shm-in-place");
    private static final Peer JOBLIB = peer("joblib");
    private static final Peer SHARED_MEMORY = peer("shared-memory");
    private static final Peer RAY = peer("ray");

    @Test
    void aRunIsTheMedianOfItsHandOversAndTheMedianRunIsCompared() {
        PeerResults.Contestant ours = results(comparison()).contestants().get("arrow-shm");
        assertThat(ours.large().medianMs()).isEqualTo(20);
        assertThat(ours.small().medianMs()).isEqualTo(2);
        assertThat(ours.large().runsMs()).hasSize(3);
    }

    @Test
    void aPeerIsComparedWithTheContestantOfThisProjectThatDoesTheSameWork() {
        PeerComparison comparison = comparison();
        assertThat(timesOurs(comparison, "joblib")).isEqualTo(5);
        assertThat(timesOurs(comparison, "shared-memory")).isEqualTo(2);
        assertThat(timesOurs(comparison, "arrow-shm")).isEqualTo(1);
    }

    @Test
    void withoutThisProjectThereIsNothingToCompareWith() {
        PeerComparison comparison = new PeerComparison(new Task(10, 10, 1, 0));
        comparison.add(JOBLIB, times(1, 1));
        assertThat(timesOurs(comparison, "joblib")).isNull();
        assertThat(new ObjectMapper()
                        .valueToTree(results(comparison))
                        .findValue("large")
                        .has("timesOurs"))
                .isFalse();
        assertThat(comparison.text()).contains("joblib");
    }

    @Test
    void whoeverFailsIsAbsentWithTheReasonAndWithoutTimes() {
        PeerComparison comparison = comparison();
        comparison.add(RAY, times(1, 1));
        comparison.addAbsent(RAY, "no such package");
        assertThat(comparison.text()).endsWith("\nray is absent: no such package");
        assertThat(results(comparison).absent().get("ray")).isEqualTo("no such package");
        assertThat(results(comparison).contestants()).doesNotContainKey("ray");
    }

    @Test
    void theTableHasALineForEachTaskAndContestant() {
        assertThat(comparison().text().lines().filter(line -> line.contains("numpy 2.3.5")))
                .hasSize(8)
                .first()
                .asString()
                .contains("large", "ordinary arrays", "arrow-shm", "20.00", "10.00 to 30.00", "1.00");
    }

    private static PeerComparison comparison() {
        PeerComparison comparison = new PeerComparison(new Task(10, 10, 3, 0));
        comparison.add(OURS, new Times("JVM", Map.of("numpy", "2.3.5"), List.of(500.0, 20.0, 1.0), List.of(2.0)));
        comparison.add(OURS, times(30, 3));
        comparison.add(OURS, times(10, 1));
        comparison.add(JOBLIB, times(100, 100));
        comparison.add(OURS_IN_PLACE, times(7, 7));
        comparison.add(SHARED_MEMORY, times(14, 7));
        return comparison;
    }

    private static Times times(double large, double small) {
        return new Times("CPython 3.13.0", Map.of("numpy", "2.3.5"), List.of(large), List.of(small));
    }

    private static PeerResults results(PeerComparison comparison) {
        return comparison.results(
                new Machine("a processor", 2, 1L << 30, "Linux", "17", List.of(), "2.3.0", Map.of(), "abc", 0.5));
    }

    private static @Nullable Double timesOurs(PeerComparison comparison, String name) {
        return results(comparison).contestants().get(name).large().timesOurs();
    }

    private static Peer peer(String name) {
        return Peer.all().stream()
                .filter(peer -> peer.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
