package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Exchange;
import io.arrowshm.console.UserErrorException;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Results drawn, a plot for each heading and figure. */
final class Plots {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 560;
    private static final List<Exchange> KINDS = List.of(Exchange.values());
    /** No divisor of their number: each kind has its own hue, and neighbours are far apart. */
    private static final int HUE_STEP = 3;

    private static final float SATURATION = 0.85f;
    private static final float BRIGHTNESS = 0.8f;

    private final Results results;

    Plots(Results results) {
        this.results = results;
    }

    /** Those of the comparisons under one heading; none of fewer than two. */
    static List<XYChart> of(List<Comparison> comparisons) {
        return charts(comparisons).stream()
                .map(chart -> drawn(comparisons, chart))
                .toList();
    }

    static byte[] png(XYChart plot) {
        try {
            return BitmapEncoder.getBitmapBytes(plot, BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UserErrorException if a file cannot be written */
    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            for (List<Comparison> comparisons : results.byHeading().values()) {
                Comparison first = comparisons.get(0);
                for (Chart chart : charts(comparisons)) {
                    String name = first.question().fileName(first.load()) + "-" + chart.text() + ".png";
                    Files.write(folder.resolve(name), png(drawn(comparisons, chart)));
                }
            }
        } catch (IOException e) {
            throw new UserErrorException("--png %s cannot be written: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static List<Chart> charts(List<Comparison> comparisons) {
        return comparisons.size() < 2
                ? List.of()
                : comparisons.get(0).question().charts();
    }

    private static XYChart drawn(List<Comparison> comparisons, Chart figure) {
        Question question = comparisons.get(0).question();
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(figure.title())
                .xAxisTitle(question.axis().label())
                .build();
        chart.getStyler().setXAxisLogarithmic(question.axis().isLogarithmic());
        chart.getStyler().setYAxisLogarithmic(question.axis().isLogarithmic());
        chart.getStyler().setXAxisDecimalPattern("#,##0");
        chart.getStyler().setYAxisDecimalPattern("#,##0.###");
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        if (!question.axis().isLogarithmic()) {
            chart.getStyler().setYAxisMin(0.0);
        }
        double[] loads = values(comparisons, comparison -> question.axis().of(comparison.load()));
        for (Contestant contestant : comparisons.get(0).contestants()) {
            XYSeries series = chart.addSeries(
                    contestant.text(),
                    loads,
                    values(comparisons, comparison -> figure.of(comparison.median(contestant))));
            Color color = color(contestant.exchange());
            series.setMarkerColor(color).setLineColor(color);
            series.setLineStyle(contestant.setting() == Setting.TUNED ? SeriesLines.DASH_DASH : SeriesLines.SOLID);
        }
        if (figure == Chart.RATE) {
            XYSeries limit = chart.addSeries("memory copy", loads, values(comparisons, Comparison::memoryCopy));
            limit.setMarker(SeriesMarkers.NONE);
            limit.setLineColor(Color.GRAY);
        }
        return chart;
    }

    /** The same in all plots, whatever else they show. */
    private static Color color(Exchange kind) {
        return Color.getHSBColor((float) HUE_STEP * KINDS.indexOf(kind) / KINDS.size(), SATURATION, BRIGHTNESS);
    }

    private static double[] values(List<Comparison> comparisons, ToDoubleFunction<Comparison> figure) {
        return comparisons.stream().mapToDouble(figure).toArray();
    }
}
