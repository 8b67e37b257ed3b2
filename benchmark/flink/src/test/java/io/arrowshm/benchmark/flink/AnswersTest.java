package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final Contestant DROP_IN = Contestant.usual().get(1);

    @Test
    void sizeSaysFromWhereItPaysAndHowMuchAtOneMebibyte() {
        assertThat(Answers.fromWhichSize(List.of(
                        Measured.ofSize(1 << 10, 0.5, 1),
                        Measured.ofSize(1 << 12, 2, 1),
                        Measured.ofSize(1 << 20, 32.3, 1),
                        Measured.ofSize(1 << 24, 90, 1))))
                .containsExactly(
                        "By reference pays from about 2 KiB on (between 1 KiB and 4 KiB): it moves 32 times as "
                                + "many arrays as Flink's default at 1 MiB.");
    }

    @Test
    void whatPaysEverywhereOrNowhereIsSaidToDoSo() {
        assertThat(Answers.fromWhichSize(List.of(Measured.ofSize(16, 2, 1), Measured.ofSize(64, 7.64, 1))))
                .containsExactly("By reference pays at all sizes measured: it moves 7.6 times as many arrays as "
                        + "Flink's default at 64 B.");
        assertThat(Answers.fromWhichSize(List.of(Measured.ofSize(16, 2, 1), Measured.ofSize(64, 0.5, 1))))
                .containsExactly("By reference does not pay at the largest size measured: it moves 0.50 times as many "
                        + "arrays as Flink's default at 64 B.");
    }

    @Test
    void ofOneSizeThereIsNoCrossoverToSpeakOf() {
        assertThat(Answers.fromWhichSize(List.of(Measured.ofSize(64, 3, 1))))
                .containsExactly("By reference moves 3.0 times as many arrays as Flink's default at 64 B.");
    }

    @Test
    void countsAreAnsweredForTheMostAndTheLeast() {
        assertThat(Answers.fromLeastToMost(List.of(hops(1, 15.55, 0.225), hops(3, 20, 0.2), hops(5, 17.1, 0.14))))
                .containsExactly("By reference moves 17.1 GB/s with 5 edges, 122 times as many arrays as Flink's "
                        + "default; with 1 edge 15.6 GB/s, 69 times.");
    }

    @Test
    void latencyIsAnsweredByTheMedianArray() {
        Comparison comparison = new Comparison(Questions.LATENCY, Load.of(1).with(load -> load.bytes = 1 << 20));
        comparison.add(Contestant.REFERENCE, Measured.taking(470));
        comparison.add(Contestant.FLINKS_DEFAULT, Measured.taking(11_400));
        assertThat(Answers.howLong(List.of(comparison)))
                .containsExactly(
                        "By reference: half of the arrays of 1 MiB arrive within 470 µs; Flink's default takes "
                                + "11,400 µs.");
    }

    @Test
    void memoryIsAnsweredForTheLargestArrays() {
        Comparison comparison = new Comparison(Questions.MEMORY, Load.of(1).with(load -> load.bytes = 1 << 24));
        comparison.add(Contestant.REFERENCE, Measured.inMebibytes(1581));
        comparison.add(Contestant.FLINKS_DEFAULT, Measured.inMebibytes(1580));
        assertThat(Answers.howMuch(List.of(comparison)))
                .containsExactly(
                        "By reference: arrays of 16 MiB take 1,581 MiB in all; Flink's default takes 1,580 MiB.");
    }

    @Test
    void whoIsAsFastPays() {
        assertThat(Answers.fromWhichSize(List.of(Measured.ofSize(16, 0.5, 1), Measured.ofSize(64, 1, 1))))
                .containsExactly(
                        "By reference pays from about 64 B on (between 16 B and 64 B): it moves 1.0 times as many"
                                + " arrays as Flink's default at 64 B.");
    }

    /** As of a run that only some exchanges were asked for, and a later one for all. */
    @Test
    void whatWasNotMeasuredBesideFlinksDefaultCountsForNothing() {
        Comparison smallest = new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = 8));
        smallest.add(Contestant.FLINKS_DEFAULT, Measured.atRate(1));
        Comparison largest = new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = 1 << 24));
        largest.add(Contestant.REFERENCE, Measured.atRate(1));
        largest.add(DROP_IN, Measured.atRate(1));
        List<Comparison> bySize =
                List.of(smallest, Measured.ofSize(1 << 10, 0.5, 1), Measured.ofSize(1 << 12, 2, 1), largest);
        assertThat(Answers.fromWhichSize(bySize))
                .containsExactly(
                        "By reference pays from about 2 KiB on (between 1 KiB and 4 KiB): it moves 2.0 times as"
                                + " many arrays as Flink's default at 4 KiB.");
        for (Question question : Questions.ALL) {
            assertThat(question.answer().apply(bySize)).as(question.name()).hasSize(1);
        }
    }

    @Test
    void eachOfThisProjectsExchangesHasASentenceAndNobodyElse() {
        Comparison comparison = Measured.ofSize(1 << 20, 32, 1);
        comparison.add(DROP_IN, Measured.atRate(8));
        comparison.add(Contestant.usual().get(3), Measured.atRate(1));
        assertThat(Answers.fromWhichSize(List.of(comparison)))
                .containsExactly(
                        "By reference moves 32 times as many arrays as Flink's default at 1 MiB.",
                        "Drop-in mode moves 8.0 times as many arrays as Flink's default at 1 MiB.");
    }

    @Test
    void withoutFlinksDefaultNothingIsSaid() {
        for (Question question : Questions.ALL) {
            Comparison alone = new Comparison(question, Load.of(1));
            alone.add(Contestant.REFERENCE, Measured.atRate(1));
            assertThat(question.answer().apply(List.of(alone)))
                    .as(question.name())
                    .isEmpty();
        }
    }

    private static Comparison hops(int hops, double reference, double flinks) {
        return Measured.rates(Questions.HOPS, Load.of(1).with(load -> load.hops = hops), reference, flinks);
    }
}
