package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.report.Machine;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that was measured.
 *
 * @param machine on which
 * @param comparisons of each question in the order of its loads, whenever they were made
 */
record Results(Machine machine, List<Comparison> comparisons) {
    private static final Comparator<Load> ORDER = Comparator.comparingLong(Load::bytes)
            .thenComparingInt(Load::hops)
            .thenComparingInt(Load::consumers)
            .thenComparingInt(Load::jobs);

    Results {
        List<Question> questions =
                comparisons.stream().map(Comparison::question).distinct().toList();
        comparisons = comparisons.stream()
                .sorted(Comparator.<Comparison>comparingInt(made -> questions.indexOf(made.question()))
                        .thenComparing(Comparison::load, ORDER))
                .toList();
    }

    /** These and one that was just made, in the place of what was measured of its load before. */
    Results with(Comparison made) {
        return new Results(
                machine,
                Stream.concat(
                                comparisons.stream().filter(before -> !before.isOf(made.question(), made.load())),
                                Stream.of(made))
                        .toList());
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
            text.append(heading).append(":\n");
            answers(made).forEach(line -> text.append(line).append('\n'));
            text.append(new ResultsTable(made).ascii()).append('\n');
        });
        return text.append(machine.text()).toString();
    }

    /** What comparisons under one heading say, in sentences. */
    static List<String> answers(List<Comparison> comparisons) {
        return comparisons.get(0).question().answer().apply(comparisons);
    }

    /** What each exchange is, by its name. */
    Map<String, String> descriptions() {
        Map<String, String> descriptions = new LinkedHashMap<>();
        contestants(comparisons).forEach(contestant -> descriptions.put(contestant.text(), contestant.description()));
        return descriptions;
    }

    /** All that were measured in any of them. */
    static List<Contestant> contestants(List<Comparison> comparisons) {
        return comparisons.stream()
                .flatMap(comparison -> comparison.contestants().stream())
                .distinct()
                .toList();
    }
}
