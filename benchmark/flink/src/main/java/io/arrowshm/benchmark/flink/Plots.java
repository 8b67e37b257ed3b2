package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.plot.Line;
import io.arrowshm.benchmark.flink.plot.Picture;
import io.arrowshm.benchmark.flink.plot.Plot;
import io.arrowshm.benchmark.flink.plot.Point;
import io.arrowshm.benchmark.flink.plot.Scale;
import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Results drawn, a plot for each heading and chart. Stateless. */
final class Plots {
    static final int WIDTH = 860;
    static final int HEIGHT = 440;

    /** From a ratio on that would make a line of the others. */
    private static final double LOGARITHMIC_FROM = 20;

    private Plots() {}

    /** Those of the comparisons under one heading, in the order of the question's charts; none of fewer than two. */
    static List<Plot> of(List<Comparison> comparisons) {
        return charts(comparisons).stream()
                .map(chart -> drawn(comparisons, chart))
                .toList();
    }

    /**
     * Writes each plot to a picture of its own.
     *
     * @throws UserErrorException if a file cannot be written
     */
    static void write(Results results, Path folder) {
        try {
            Files.createDirectories(folder);
            for (List<Comparison> comparisons : results.byHeading().values()) {
                Comparison first = comparisons.get(0);
                for (Chart chart : charts(comparisons)) {
                    String name = first.question().fileName(first.load()) + "-" + chart.text() + ".png";
                    String svg = drawn(comparisons, chart).svg(WIDTH, HEIGHT);
                    Files.write(folder.resolve(name), Picture.png(svg));
                }
            }
        } catch (IOException e) {
            throw new UserErrorException("--png=%s cannot be written: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static List<Chart> charts(List<Comparison> comparisons) {
        return comparisons.size() < 2
                ? List.of()
                : comparisons.get(0).question().charts();
    }

    private static Plot drawn(List<Comparison> comparisons, Chart chart) {
        Axis axis = comparisons.get(0).question().axis();
        List<Line> lines = new ArrayList<>();
        if (chart == Chart.RATE) {
            lines.add(line(
                    comparisons, chart, "memory copy", Hue.MEMORY_COPY, Line.Stroke.DOTTED, Comparison::memoryCopy));
        }
        List<Contestant> contestants = new ArrayList<>(Results.contestants(comparisons));
        // This project's are on top.
        contestants.sort((one, other) ->
                Boolean.compare(other.exchange().isFlinks(), one.exchange().isFlinks()));
        for (Contestant contestant : contestants) {
            lines.add(line(
                    having(comparisons, contestant, contestant),
                    chart,
                    contestant.text(),
                    Hue.of(contestant.exchange()),
                    stroke(contestant),
                    comparison -> comparison.spread(contestant, chart)));
        }
        return new Plot(
                chart.title(),
                axis.label(),
                Scale.through(
                        comparisons.stream()
                                .map(comparison -> (double) axis.of(comparison.load()))
                                .toList(),
                        axis.isLogarithmic()),
                value -> axis.text(Math.round(value)),
                scale(chart, lines),
                text(chart),
                lines,
                chart == Chart.RATE ? mark(comparisons) : null);
    }

    private static Line line(
            List<Comparison> comparisons,
            Chart chart,
            String name,
            Hue hue,
            Line.Stroke stroke,
            Function<Comparison, Spread> figure) {
        List<Point> points = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            Axis axis = comparison.question().axis();
            Spread spread = figure.apply(comparison);
            String text = "%s, %s: %s %s, %s to %s"
                    .formatted(
                            name,
                            axis.text(comparison.load()),
                            text(chart).apply(spread.median()),
                            chart.unit(),
                            text(chart).apply(spread.least()),
                            text(chart).apply(spread.most()));
            points.add(new Point(axis.of(comparison.load()), spread.median(), spread.least(), spread.most(), text));
        }
        return new Line(name, hue.style(), hue.light(), stroke, points);
    }

    private static Line.Stroke stroke(Contestant contestant) {
        if (!contestant.exchange().isFlinks()) {
            return Line.Stroke.BOLD;
        }
        return contestant.setting() == Setting.TUNED ? Line.Stroke.DASHED : Line.Stroke.PLAIN;
    }

    private static Scale scale(Chart chart, List<Line> lines) {
        double least = points(lines).map(Point::least).min(Double::compare).orElseThrow();
        double most = points(lines).map(Point::most).max(Double::compare).orElseThrow();
        if (least <= 0 || most / least < LOGARITHMIC_FROM) {
            return Scale.fromZero(most);
        }
        return chart == Chart.ALLOCATED ? Scale.binary(least, most) : Scale.decimal(least, most);
    }

    private static Stream<Point> points(List<Line> lines) {
        return lines.stream().flatMap(line -> line.points().stream());
    }

    /** Three digits of a number, or a number of bytes. */
    private static DoubleFunction<String> text(Chart chart) {
        return chart == Chart.ALLOCATED ? bytes -> ByteSize.text(Math.round(bytes)) : Plots::digits;
    }

    private static String digits(double value) {
        if (value >= 100 || value == 0) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return new BigDecimal(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** From where on references pay. */
    private static Plot.@Nullable Mark mark(List<Comparison> comparisons) {
        if (comparisons.get(0).question().axis() != Axis.BYTES) {
            return null;
        }
        List<Comparison> both = having(comparisons, Contestant.REFERENCE, Contestant.FLINKS_DEFAULT);
        return Crossover.of(both, Contestant.REFERENCE, Contestant.FLINKS_DEFAULT)
                .filter(crossover -> !crossover.isEverywhere())
                .map(crossover -> new Plot.Mark(crossover.bytes(), "pays from " + ByteSize.text(crossover.bytes())))
                .orElse(null);
    }

    private static List<Comparison> having(List<Comparison> comparisons, Contestant one, Contestant other) {
        return comparisons.stream()
                .filter(comparison -> comparison.has(one, other))
                .toList();
    }
}
