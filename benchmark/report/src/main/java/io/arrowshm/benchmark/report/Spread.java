package io.arrowshm.benchmark.report;

import java.util.List;
import java.util.Locale;

/**
 * What several runs of one measurement gave, in its unit.
 *
 * @param median the run in the middle, the upper one of two
 * @param least of all runs
 * @param most of all runs
 * @param runs in ascending order
 */
public record Spread(double median, double least, double most, List<Double> runs) {
    /**
     * @param runs at least one, in any order
     * @throws IllegalArgumentException if there are none
     */
    public static Spread of(List<Double> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("runs=[], allowed is at least one");
        }
        List<Double> sorted = runs.stream().sorted().toList();
        return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1), sorted);
    }

    /** The median, as a format says. */
    public String median(String format) {
        return text(format, median);
    }

    /** From the least to the most, as a format says. */
    public String range(String format) {
        return text(format, least) + " to " + text(format, most);
    }

    /** The most, as a format says. */
    public String most(String format) {
        return text(format, most);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
