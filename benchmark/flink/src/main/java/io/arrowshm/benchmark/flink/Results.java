package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.report.Machine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * All that was measured.
 *
 * @param machine on which
 * @param comparisons in the order in which they were made
 */
record Results(Machine machine, List<Comparison> comparisons) {
    Results {
        comparisons = List.copyOf(comparisons);
    }

    /** The comparisons by what is said above them; those of one heading differ in one thing. */
    Map<String, List<Comparison>> byHeading() {
        return comparisons.stream()
                .collect(Collectors.groupingBy(
                        comparison -> comparison.question().heading(comparison.load()),
                        LinkedHashMap::new,
                        Collectors.toList()));
    }

    /** All of it as tables, for terminals. */
    String text() {
        StringBuilder text = new StringBuilder();
        byHeading().forEach((heading, made) -> {
            text.append(heading)
                    .append(":\n")
                    .append(new ResultsTable(made).ascii())
                    .append('\n');
            crossovers(made).forEach(line -> text.append(line).append('\n'));
        });
        return text.append(machine.text()).toString();
    }

    /** What each exchange is, by its name. */
    Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        comparisons.stream()
                .flatMap(comparison -> comparison.contestants().stream())
                .forEach(contestant -> descriptions.put(contestant.text(), contestant.description()));
        return descriptions;
    }

    /** From which size on this project's exchanges are faster than Flink's default, a sentence each. */
    static List<String> crossovers(List<Comparison> comparisons) {
        Contestant flinks = Contestant.FLINKS_DEFAULT;
        List<Contestant> contestants = comparisons.get(0).contestants();
        if (comparisons.size() < 2 || !comparisons.get(0).question().asksForSize() || !contestants.contains(flinks)) {
            return List.of();
        }
        return contestants.stream()
                .filter(contestant -> !contestant.kind().isFlinks())
                .map(ours -> ours.text() + describedCrossover(comparisons, ours, flinks))
                .toList();
    }

    private static String describedCrossover(List<Comparison> bySize, Contestant ours, Contestant flinks) {
        OptionalDouble from = crossover(bySize, ours, flinks);
        if (from.isEmpty()) {
            return " is slower than " + flinks.text() + " at the largest size.";
        }
        double bytes = from.getAsDouble();
        List<Long> smaller = bySize.stream()
                .map(comparison -> comparison.load().bytes())
                .filter(size -> size < bytes)
                .toList();
        return smaller.isEmpty()
                ? " is faster than " + flinks.text() + " at all sizes."
                : String.format(
                        Locale.ROOT,
                        " is faster than %s from about %,.0f bytes on, between the sizes %,d and %,d.",
                        flinks.text(),
                        bytes,
                        smaller.get(smaller.size() - 1),
                        bySize.get(smaller.size()).load().bytes());
    }

    /**
     * The size of arrays from which on one exchange is the faster one, between the sizes that were measured on a line
     * through the ratios of both rates, on logarithmic scales.
     *
     * @param bySize comparisons in ascending order of their arrays' sizes
     * @return bytes; the smallest size if it is faster there already, empty if it is not at the largest
     */
    static OptionalDouble crossover(List<Comparison> bySize, Contestant one, Contestant other) {
        double crossover = Double.NaN;
        for (int i = bySize.size() - 1; i >= 0 && ratio(bySize.get(i), one, other) >= 1; i--) {
            double bytes = bySize.get(i).load().bytes();
            crossover = bytes;
            if (i > 0 && ratio(bySize.get(i - 1), one, other) < 1) {
                double above = Math.log(ratio(bySize.get(i), one, other));
                double below = Math.log(ratio(bySize.get(i - 1), one, other));
                double smaller = bySize.get(i - 1).load().bytes();
                crossover = Math.exp(Math.log(smaller) + Math.log(bytes / smaller) * -below / (above - below));
            }
        }
        return Double.isNaN(crossover) ? OptionalDouble.empty() : OptionalDouble.of(crossover);
    }

    /** How many times as many arrays one exchange moves as another. */
    static double ratio(Comparison comparison, Contestant one, Contestant other) {
        return comparison.median(one).arraysPerSecond()
                / comparison.median(other).arraysPerSecond();
    }
}
