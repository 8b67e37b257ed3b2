package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.plot.Plot;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as a page that needs no network: of each question the answer, then pictures, then a table. */
final class Page {
    private static final int NARROW_WIDTH = 400;
    private static final int NARROW_HEIGHT = 380;

    private static final String STYLE = """
        :root{color-scheme:light dark;--ink:#1f2328;--muted:#59636e;--grid:#d8dee4;--paper:#fff}
        body{font:16px/1.5 system-ui,Helvetica,Arial,sans-serif;max-width:860px;margin:2em auto;padding:0 16px;
        color:var(--ink);background:var(--paper)}
        h2{margin:2.5em 0 .5em}figure{margin:1.5em 0}svg{max-width:100%;height:auto;font-family:system-ui,Helvetica,Arial,sans-serif}
        svg.narrow{display:none}
        .answer{font-size:18px;font-weight:600;margin:.5em 0}.small{color:var(--muted);font-size:14px}
        .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:14px;width:100%}
        td,th{padding:.2em .6em;text-align:right;border-bottom:1px solid var(--grid);font-variant-numeric:tabular-nums}
        th{vertical-align:bottom;font-weight:600}td{white-space:nowrap}
        .name{text-align:left}tr.next td{border-top:1px solid var(--muted)}
        .ink{color:var(--ink)}.muted{color:var(--muted)}.grid{color:var(--grid)}
        @media(max-width:640px){svg.wide{display:none}svg.narrow{display:inline}}
        @media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--muted:#9198a1;--grid:#30363d;--paper:#0d1117}
        """;

    private final Results results;

    Page(Results results) {
        this.results = results;
    }

    /** @throws UserErrorException if the file cannot be written */
    void write(Path file) {
        try {
            Files.writeString(file, html());
        } catch (IOException e) {
            throw new UserErrorException("--html=%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }

    String html() {
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<title>Arrays between Flink's tasks</title>\n<style>\n")
                .append(STYLE)
                .append(darkHues())
                .append("}\n</style></head><body>\n<h1>Arrays between Flink's tasks</h1>\n");
        results.byHeading().forEach((heading, comparisons) -> append(html, heading, comparisons));
        html.append("<h2>Exchanges</h2>\n<table>");
        results.descriptions()
                .forEach((name, description) -> html.append("<tr><td class=\"name\">")
                        .append(escaped(name))
                        .append("</td><td class=\"name\">")
                        .append(escaped(description))
                        .append("</td></tr>\n"));
        return html.append("</table>\n<p class=\"small\">")
                .append(escaped(results.machine().text()))
                .append("</p></body></html>\n")
                .toString();
    }

    private static String darkHues() {
        return Arrays.stream(Hue.values())
                .map(hue -> "svg ." + hue.style() + "{color:" + hue.dark() + "}")
                .collect(Collectors.joining());
    }

    private static void append(StringBuilder html, String heading, List<Comparison> comparisons) {
        html.append("<h2>").append(escaped(heading)).append("</h2>\n");
        Results.answers(comparisons)
                .forEach(line -> html.append("<p class=\"answer\">")
                        .append(escaped(line))
                        .append("</p>\n"));
        for (Plot plot : Plots.of(comparisons)) {
            html.append("<figure>")
                    .append(classed("wide", plot.svg(Plots.WIDTH, Plots.HEIGHT)))
                    .append(classed("narrow", plot.svg(NARROW_WIDTH, NARROW_HEIGHT)))
                    .append("</figure>\n");
        }
        html.append("<p class=\"small\">")
                .append(escaped(asked(comparisons.get(0))))
                .append("</p>\n");
        append(html, new ResultsTable(comparisons));
    }

    private static String classed(String style, String svg) {
        return svg.replaceFirst("<svg ", "<svg class=\"" + style + "\" ");
    }

    /** What a comparison did, in sentences that need no code. */
    private static String asked(Comparison comparison) {
        Load load = comparison.load();
        return String.format(
                Locale.ROOT,
                "%s Every exchange had %d runs of %.1f s, in turn with the others; shown is the run in the middle, and "
                        + "as a thin line from the least to the most.",
                comparison.question().asks().apply(load),
                comparison.sortedRuns(comparison.contestants().get(0)).size(),
                load.measuredSeconds());
    }

    private static void append(StringBuilder html, ResultsTable table) {
        html.append("<div class=\"scroll\"><table>");
        appendRow(html, "", "th", table.headers());
        String before = "";
        for (List<String> row : table.rows()) {
            String first = row.get(0);
            appendRow(html, first.equals(before) ? "" : " class=\"next\"", "td", row);
            before = first;
        }
        html.append("</table></div>\n");
    }

    private static void appendRow(StringBuilder html, String attributes, String tag, List<String> cells) {
        html.append("<tr").append(attributes).append('>');
        for (int i = 0; i < cells.size(); i++) {
            html.append('<')
                    .append(tag)
                    .append(i == 1 ? " class=\"name\">" : ">")
                    .append(escaped(cells.get(i)))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        html.append("</tr>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
