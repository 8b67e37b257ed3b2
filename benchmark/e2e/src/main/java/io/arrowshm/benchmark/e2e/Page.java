package io.arrowshm.benchmark.e2e;

import io.arrowshm.jobs.console.UserErrorException;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Results as a page that needs no network. */
final class Page {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 560;
    private static final Contestant OURS = Contestant.usual().get(0);
    private static final String STYLE =
            "body{font:16px/1.5 sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#222}"
                    + "table{border-collapse:collapse;width:100%}td,th{padding:.2em .6em;text-align:right;"
                    + "border-bottom:1px solid #ddd}td.name,th.name{text-align:left}img{width:100%}.small{color:#666;font-size:14px}";

    private final Results results;

    Page(Results results) {
        this.results = results;
    }

    /** @throws UserErrorException if the file cannot be written */
    void write(Path file) {
        try {
            Files.writeString(file, html());
        } catch (IOException e) {
            throw new UserErrorException("--html %s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }

    private String html() {
        Comparison first = results.comparisons().get(0);
        StringBuilder html = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<title>Arrays between Flink's tasks</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>Arrays between Flink's tasks</h1><p>")
                .append(escaped(question(first)))
                .append("</p>");
        List<XYChart> charts = new ArrayList<>();
        if (results.comparisons().size() > 1) {
            charts.add(rates());
            charts.add(chart("CPU seconds per GB, all processes", Measurement::cpuSecondsPerGigabyte));
        }
        charts.forEach(chart -> html.append("<p><img alt=\"")
                .append(escaped(chart.getTitle()))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png(chart)))
                .append("\"></p>"));
        html.append(table());
        html.append("<p class=\"small\">").append(escaped(machine())).append("</p></body></html>\n");
        return html.toString();
    }

    private static String question(Comparison comparison) {
        return String.format(
                Locale.ROOT,
                "A task fills arrays of doubles, %d edge%s further %d task%s in another process read%s %s of each. How many "
                        + "bytes of arrays pass in a second? Every exchange had %d runs of %.1f s, in turn with the others; "
                        + "shown is the run in the middle.",
                comparison.load().hops(),
                comparison.load().hops() == 1 ? "" : "s",
                comparison.load().consumers(),
                comparison.load().consumers() == 1 ? "" : "s",
                comparison.load().consumers() == 1 ? "s" : "",
                switch (comparison.load().reads()) {
                    case FIRST -> "the first element";
                    case ALL -> "all elements";
                },
                comparison.sortedRuns(comparison.contestants().get(0)).size(),
                comparison.load().measured().toNanos() / 1e9);
    }

    private XYChart rates() {
        XYChart chart = chart("GB/s of arrays", Measurement::gigabytesPerSecond);
        XYSeries limit = chart.addSeries("memory copy", sizes(), values(Comparison::memoryCopy));
        limit.setMarker(SeriesMarkers.NONE);
        limit.setLineColor(Color.GRAY);
        return chart;
    }

    private XYChart chart(String title, ToDoubleFunction<Measurement> figure) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("bytes of an array")
                .build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        for (Contestant contestant : results.comparisons().get(0).contestants()) {
            chart.addSeries(
                    contestant.text(),
                    sizes(),
                    values(comparison -> figure.applyAsDouble(comparison.median(contestant))));
        }
        return chart;
    }

    private double[] sizes() {
        return values(comparison -> comparison.load().bytes());
    }

    private double[] values(ToDoubleFunction<Comparison> figure) {
        return results.comparisons().stream().mapToDouble(figure).toArray();
    }

    private static byte[] png(XYChart chart) {
        try {
            return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String table() {
        StringBuilder table =
                new StringBuilder("<table><tr><th>bytes</th><th class=\"name\">exchange</th><th>arrays/s</th>"
                        + "<th>GB/s</th><th>slowest to fastest</th><th>reference is faster by</th><th>CPU s/GB</th>"
                        + "<th>network bytes/array</th></tr>");
        for (Comparison comparison : results.comparisons()) {
            for (Contestant contestant : comparison.contestants()) {
                row(table, comparison, contestant);
            }
        }
        return table.append("</table>").toString();
    }

    private static void row(StringBuilder table, Comparison comparison, Contestant contestant) {
        Measurement median = comparison.median(contestant);
        List<Measurement> runs = comparison.sortedRuns(contestant);
        String ratio = comparison.contestants().contains(OURS) && !contestant.equals(OURS)
                ? String.format(
                        Locale.ROOT, "%.2f", comparison.median(OURS).arraysPerSecond() / median.arraysPerSecond())
                : "";
        table.append(String.format(
                Locale.ROOT,
                "<tr><td>%,d</td><td class=\"name\" title=\"%s\">%s</td><td>%,.0f</td><td>%.3f</td><td>%.3f to %.3f</td>"
                        + "<td>%s</td><td>%.3f</td><td>%,.0f</td></tr>",
                comparison.load().bytes(),
                escaped(contestant.kind().description()),
                contestant.text(),
                median.arraysPerSecond(),
                median.gigabytesPerSecond(),
                runs.get(0).gigabytesPerSecond(),
                runs.get(runs.size() - 1).gigabytesPerSecond(),
                ratio,
                median.cpuSecondsPerGigabyte(),
                median.networkBytesPerArray()));
    }

    private String machine() {
        Machine machine = results.machine();
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB; %s; Java %s; Flink %s; load average at the end %.1f",
                machine.processor(),
                machine.cores(),
                machine.memoryBytes() / (double) (1 << 30),
                machine.kernel(),
                machine.java(),
                machine.flink(),
                machine.loadAverage());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
