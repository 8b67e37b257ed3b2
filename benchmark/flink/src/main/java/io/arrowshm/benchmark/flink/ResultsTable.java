package io.arrowshm.benchmark.flink;

import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.List;

/** The results under one heading as rows of text: what terminals and pages show. */
final class ResultsTable {
    private final List<Comparison> comparisons;
    private final Question question;

    /** @param comparisons at least one, of one question */
    ResultsTable(List<Comparison> comparisons) {
        this.comparisons = comparisons;
        this.question = comparisons.get(0).question();
    }

    /** The second one is a name, the others are numbers. */
    List<String> headers() {
        List<String> headers = new ArrayList<>(List.of(question.axis().header(), "exchange"));
        question.columns().forEach(column -> headers.add(column.header()));
        return headers;
    }

    /** A row for each contestant in each comparison. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            for (Contestant contestant : comparison.contestants()) {
                List<String> row = new ArrayList<>(List.of(question.axis().text(comparison.load()), contestant.text()));
                question.columns().forEach(column -> row.add(column.cell().apply(comparison, contestant)));
                rows.add(row);
            }
        }
        return rows;
    }

    /** For terminals. */
    String ascii() {
        List<String> headers = headers();
        Table table = new Table()
                .numbers(headers.get(0))
                .words(headers.get(1))
                .numbers(headers.subList(2, headers.size()).toArray(String[]::new));
        rows().forEach(row -> table.row(row.toArray()));
        return table.toString();
    }
}
