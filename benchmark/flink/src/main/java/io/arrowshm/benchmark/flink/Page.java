package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;

/** Results as a page that needs no network. */
final class Page {
    private static final String STYLE =
            "body{font:16px/1.5 sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}"
                    + "table{border-collapse:collapse;width:100%;font-size:14px}"
                    + "td,th{padding:.2em .5em;text-align:right;border-bottom:1px solid #ddd}"
                    + "td.name,th.name{text-align:left;white-space:nowrap}img{width:100%}"
                    + ".small{color:#666;font-size:14px}";

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
        StringBuilder html = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<title>Arrays between Flink's tasks</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>Arrays between Flink's tasks</h1>");
        results.byHeading().forEach((heading, comparisons) -> append(html, heading, comparisons));
        html.append(exchanges());
        html.append("<p class=\"small\">")
                .append(escaped(results.machine().text()))
                .append("</p></body></html>\n");
        return html.toString();
    }

    private static void append(StringBuilder html, String heading, List<Comparison> comparisons) {
        html.append("<h2>")
                .append(escaped(heading))
                .append("</h2><p>")
                .append(escaped(asked(comparisons.get(0))))
                .append("</p>");
        Results.answers(comparisons)
                .forEach(line -> html.append("<p><b>").append(escaped(line)).append("</b></p>"));
        for (XYChart plot : Plots.of(comparisons)) {
            html.append("<p><img alt=\"")
                    .append(escaped(plot.getTitle()))
                    .append("\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(Plots.png(plot)))
                    .append("\"></p>");
        }
        append(html, new ResultsTable(comparisons));
    }

    private static void append(StringBuilder html, ResultsTable table) {
        html.append("<table>");
        appendRow(html, "th", table.headers());
        table.rows().forEach(row -> appendRow(html, "td", row));
        html.append("</table>");
    }

    private static void appendRow(StringBuilder html, String tag, List<String> cells) {
        html.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            html.append('<')
                    .append(tag)
                    .append(i == 1 ? " class=\"name\">" : ">")
                    .append(escaped(cells.get(i)))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        html.append("</tr>");
    }

    /** What a comparison did, in a sentence that needs no code. */
    private static String asked(Comparison comparison) {
        Load load = comparison.load();
        return String.format(
                Locale.ROOT,
                "%s Every exchange had %d runs of %.1f s, in turn with the others; shown is the run in the middle.",
                comparison.question().asks().apply(load),
                comparison.sortedRuns(comparison.contestants().get(0)).size(),
                load.measuredSeconds());
    }

    private String exchanges() {
        StringBuilder html = new StringBuilder("<h2>Exchanges</h2><table>");
        appendRow(html, "th", List.of("", "exchange", "what it is"));
        Map<String, String> descriptions = results.descriptions();
        descriptions.forEach((name, description) -> appendRow(html, "td", List.of("", name, description)));
        return html.append("</table>").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
