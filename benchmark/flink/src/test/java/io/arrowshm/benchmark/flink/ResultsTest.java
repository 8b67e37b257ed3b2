package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private static final Load BASE = Load.of(1);

    @Test
    void theyStandInTheOrderOfTheirLoadsWheneverTheyWereMade() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (Question question : Questions.ALL) {
            List<Comparison> inOrder = new ArrayList<>();
            for (Load load : question.sweep().loads(BASE, List.of(64, 1 << 10, 1 << 20))) {
                inOrder.add(Measured.rates(question, load, 2, 1));
            }
            List<Comparison> asMade = new ArrayList<>(inOrder);
            Collections.shuffle(asMade, random);
            Results results = none();
            for (Comparison made : asMade) {
                results = results.with(made);
            }
            assertThat(results.comparisons())
                    .as(question.name() + ", seed " + seed)
                    .isEqualTo(inOrder);
        }
    }

    @Test
    void fromWhereItPaysDoesNotDependOnWhichSizeWasMeasuredFirst() {
        Results results = none().with(Measured.ofSize(1 << 20, 30, 1))
                .with(Measured.ofSize(64, 0.5, 1))
                .with(Measured.ofSize(1 << 10, 2, 1));
        assertThat(results.text())
                .contains("By reference pays from about 256 B on (between 64 B and 1 KiB): it moves 30 times as many");
    }

    @Test
    void whatIsMeasuredAgainStandsInThePlaceOfWhatWasMeasuredBefore() {
        Comparison alone = new Comparison(Questions.SIZE, BASE.with(load -> load.bytes = 64));
        alone.add(Contestant.REFERENCE, Measured.atRate(1));
        Comparison again = Measured.ofSize(64, 3, 2);
        Comparison larger = Measured.ofSize(128, 3, 2);
        Comparison ofAnotherQuestion = Measured.rates(Questions.READ_ALL, again.load(), 3, 2);
        assertThat(none().with(alone)
                        .with(larger)
                        .with(ofAnotherQuestion)
                        .with(again)
                        .comparisons())
                .containsExactly(again, larger, ofAnotherQuestion);
    }

    @Test
    void loadsThatDifferInMoreThanTheAxisShowsHaveHeadingsOfTheirOwn() {
        Results results = none();
        for (Load load : Questions.HOPS.sweep().loads(BASE, List.of(64, 128))) {
            results = results.with(Measured.rates(Questions.HOPS, load, 2, 1));
        }
        assertThat(results.byHeading().keySet())
                .containsExactly(
                        "Arrays that cross several edges, each of 64 B",
                        "Arrays that cross several edges, each of 128 B");
        assertThat(results.byHeading().values())
                .allSatisfy(made -> assertThat(made)
                        .extracting(comparison -> comparison.load().hops())
                        .containsExactly(1, 2, 3, 4, 5));
    }

    @Test
    void exchangesThatWereNotMeasuredEverywhereAreDescribedToo() {
        Comparison alone = new Comparison(Questions.SIZE, BASE.with(load -> load.bytes = 1 << 10));
        alone.add(Contestant.usual().get(1), Measured.atRate(1));
        assertThat(none().with(Measured.ofSize(64, 2, 1)).with(alone).descriptions())
                .containsOnlyKeys("reference", "pojo", "drop-in");
    }

    private static Results none() {
        return new Results(Measured.MACHINE, List.of());
    }
}
