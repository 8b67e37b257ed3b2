package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.report.Machine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        comparisons.stream()
                .flatMap(comparison -> comparison.contestants().stream())
                .forEach(contestant -> descriptions.put(contestant.text(), contestant.description()));
        return descriptions;
    }
}
