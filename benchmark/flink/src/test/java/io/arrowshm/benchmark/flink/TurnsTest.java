package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.console.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final Contestant OURS = Contestant.REFERENCE;
    private static final Contestant FLINKS = Contestant.FLINKS_DEFAULT;

    private final List<String> ran = new ArrayList<>();

    @Test
    void contestantsTakeTurnsAndTheFirstRoundIsNotCounted() throws Exception {
        Comparison comparison = compare(step(Questions.SIZE));
        assertThat(ran)
                .containsExactly(
                        "warm reference", "warm pojo", "warm reference", "warm pojo", "warm reference", "warm pojo");
        assertThat(comparison.sortedRuns(OURS))
                .extracting(Measurement::gigabytesPerSecond)
                .containsExactly(3.0, 5.0);
        assertThat(comparison.sortedRuns(FLINKS))
                .extracting(Measurement::gigabytesPerSecond)
                .containsExactly(4.0, 6.0);
    }

    @Test
    void whatWantsFreshProcessesGetsThemForEachRunAndNoRoundIsWasted() throws Exception {
        Comparison comparison = compare(step(Questions.MEMORY));
        assertThat(ran).containsExactly("fresh reference", "fresh pojo", "fresh reference", "fresh pojo");
        assertThat(comparison.sortedRuns(OURS)).hasSize(2);
    }

    @Test
    void memoryIsCopiedOnceARoundBesideTheRuns() throws Exception {
        assertThat(compare(step(Questions.SIZE)).memoryCopies()).containsExactly(128.0, 128.0, 128.0);
    }

    @Test
    void aStepAnnouncesAsManyRunsAsItTakes() throws Exception {
        for (Question question : Questions.ALL) {
            ran.clear();
            Step step = step(question);
            compare(step);
            assertThat(step.runs()).as(question.name()).isEqualTo(ran.size());
        }
    }

    private Comparison compare(Step step) throws InterruptedException {
        try (Progress progress = new Progress("measuring", "runs", step.runs())) {
            return new Turns(runner("warm"), runner("fresh"), Load::bytes).compare(step, progress);
        }
    }

    private Runner runner(String processes) {
        return (contestant, load) -> {
            ran.add(processes + " " + contestant.text());
            return Measured.atRate(ran.size());
        };
    }

    private static Step step(Question question) {
        return new Step(question, Load.of(1).with(load -> load.bytes = 128), List.of(OURS, FLINKS), 2);
    }
}
