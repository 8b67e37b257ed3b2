package io.arrowshm.benchmark.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What results say, a sentence for each of this project's exchanges, all of them beside Flink's default. Where one of both
 * was not measured the results say nothing. Results are those under one heading.
 */
final class Answers {
    private static final Contestant FLINKS = Contestant.FLINKS_DEFAULT;
    private static final long SHOWN_BYTES = 1 << 20;
    private static final double MANY = 10;

    private Answers() {}

    /** From which size on it pays, and how much at 1 MiB. */
    static List<String> fromWhichSize(List<Comparison> bySize) {
        return ofEach(bySize, (ours, both) -> {
            Comparison shown = shown(both);
            String there = timesAsMany(shown, ours) + " at "
                    + ByteSize.text(shown.load().bytes());
            if (both.size() < 2) {
                return ours.subject() + " moves " + there + ".";
            }
            Optional<Crossover> crossover = Crossover.of(both, ours, FLINKS);
            return ours.subject()
                    + crossover.map(Answers::pays).orElse(" does not pay at the largest size measured")
                    + ": it moves " + there + ".";
        });
    }

    /** What it moves with the most edges, consumers or jobs, and what with the least. */
    static List<String> fromLeastToMost(List<Comparison> comparisons) {
        return ofEach(comparisons, (ours, both) -> {
            Comparison least = both.get(0);
            Comparison most = both.get(both.size() - 1);
            Axis axis = most.question().axis();
            String sentence = ours.subject() + " moves " + rate(most, ours) + " with " + axis.phrase(most.load()) + ", "
                    + timesAsMany(most, ours);
            return least == most
                    ? sentence + "."
                    : sentence + "; with " + axis.phrase(least.load()) + " " + rate(least, ours) + ", "
                            + times(least.ratio(ours, FLINKS)) + ".";
        });
    }

    /** How long half of the arrays take at 1 MiB. */
    static List<String> howLong(List<Comparison> bySize) {
        return ofEach(bySize, (ours, both) -> {
            Comparison shown = shown(both);
            return String.format(
                    Locale.ROOT,
                    "%s: half of the arrays of %s arrive within %,.0f µs; Flink's default takes %,.0f µs.",
                    ours.subject(),
                    ByteSize.text(shown.load().bytes()),
                    Chart.P50.of(shown.median(ours)),
                    Chart.P50.of(shown.median(FLINKS)));
        });
    }

    /** How much memory it takes with the largest arrays. */
    static List<String> howMuch(List<Comparison> bySize) {
        return ofEach(bySize, (ours, both) -> {
            Comparison largest = both.get(both.size() - 1);
            return String.format(
                    Locale.ROOT,
                    "%s: arrays of %s take %,.0f MiB in all; Flink's default takes %,.0f MiB.",
                    ours.subject(),
                    ByteSize.text(largest.load().bytes()),
                    Chart.MEMORY.of(largest.median(ours)),
                    Chart.MEMORY.of(largest.median(FLINKS)));
        });
    }

    /** @param sentence from a contestant and those comparisons that have both it and Flink's default, in their order */
    private static List<String> ofEach(
            List<Comparison> comparisons, BiFunction<Contestant, List<Comparison>, String> sentence) {
        List<String> sentences = new ArrayList<>();
        for (Contestant ours : Results.contestants(comparisons)) {
            List<Comparison> both = comparisons.stream()
                    .filter(comparison -> comparison.has(ours, FLINKS))
                    .toList();
            if (!ours.exchange().isFlinks() && !both.isEmpty()) {
                sentences.add(sentence.apply(ours, both));
            }
        }
        return sentences;
    }

    private static String pays(Crossover crossover) {
        return crossover.isEverywhere()
                ? " pays at all sizes measured"
                : " pays from about " + ByteSize.text(crossover.bytes()) + " on (between "
                        + ByteSize.text(crossover.slowerAt()) + " and " + ByteSize.text(crossover.fasterAt()) + ")";
    }

    private static Comparison shown(List<Comparison> bySize) {
        return bySize.stream()
                .filter(comparison -> comparison.load().bytes() == SHOWN_BYTES)
                .findFirst()
                .orElse(bySize.get(bySize.size() - 1));
    }

    private static String rate(Comparison comparison, Contestant contestant) {
        return String.format(
                Locale.ROOT, "%.3g GB/s", comparison.median(contestant).gigabytesPerSecond());
    }

    private static String timesAsMany(Comparison comparison, Contestant ours) {
        return times(comparison.ratio(ours, FLINKS)) + " as many arrays as Flink's default";
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < MANY ? "%.2g times" : "%.0f times", ratio);
    }
}
