package io.arrowshm.benchmark.flink.plot;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lines over one axis.
 *
 * @param title what the lines show, above them
 * @param label what they are drawn over, below them
 * @param x axis below
 * @param xText of its ticks
 * @param y axis to the left
 * @param yText of its ticks
 * @param lines those drawn last lie on top
 * @param mark a place of the axis below that is named; null for none
 */
public record Plot(
        String title,
        String label,
        Scale x,
        DoubleFunction<String> xText,
        Scale y,
        DoubleFunction<String> yText,
        List<Line> lines,
        @Nullable Mark mark) {
    /** A place of the axis below, and what it is. */
    public record Mark(double x, String text) {}

    private static final String FONT = "sans-serif";
    private static final String INK = "#1f2328";
    private static final String MUTED = "#59636e";
    private static final String GRID = "#d8dee4";
    private static final int FONT_SIZE = 13;
    private static final double LETTER = 7.4;
    private static final int LINE_HEIGHT = 15;
    private static final int TOP = 40;
    private static final int BOTTOM = 48;

    /** As a drawing whose colours a page can change by the classes ink, muted, grid and those of the lines. */
    public String svg(int width, int height) {
        return new Drawing(width, height).draw();
    }

    private final class Drawing {
        private final Svg svg = new Svg();
        private final int width;
        private final int height;
        private final double left;
        private final double right;
        private final double bottom;

        Drawing(int width, int height) {
            this.width = width;
            this.height = height;
            left = 10 + longest(y.ticks().stream().map(yText::apply).toList());
            right = width - 20 - longest(lines.stream().map(this::endText).toList());
            bottom = height - BOTTOM;
        }

        String draw() {
            svg.add(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                            + "role=\"img\" aria-label=\"%s\" font-family=\"%s\" font-size=\"%d\">",
                    width, height, width, height, Svg.escaped(title + " over " + label), FONT, FONT_SIZE);
            svg.add(
                    "<text class=\"ink\" color=\"%s\" fill=\"currentColor\" x=\"0\" y=\"16\""
                            + " font-weight=\"bold\">%s</text>",
                    INK, Svg.escaped(title));
            yAxis();
            xAxis();
            lines.forEach(this::line);
            labels();
            return svg.add("</svg>").toString();
        }

        private void yAxis() {
            for (double tick : y.ticks()) {
                double height = down(tick);
                svg.add(
                        "<line class=\"grid\" color=\"%s\" stroke=\"currentColor\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                                + "y2=\"%.1f\"/>",
                        GRID, left, right, height, height);
                muted(left - 8, height + 4, "end", yText.apply(tick));
            }
        }

        private void xAxis() {
            svg.add(
                    "<line class=\"muted\" color=\"%s\" stroke=\"currentColor\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                            + "y2=\"%.1f\"/>",
                    MUTED, left, right, bottom, bottom);
            double free = Double.NEGATIVE_INFINITY;
            for (double tick : x.ticks()) {
                double at = across(tick);
                String text = xText.apply(tick);
                double half = text.length() * LETTER / 2;
                svg.add(
                        "<line class=\"muted\" color=\"%s\" stroke=\"currentColor\" x1=\"%.1f\" x2=\"%.1f\""
                                + " y1=\"%.1f\" y2=\"%.1f\"/>",
                        MUTED, at, at, bottom, bottom + 5);
                if (at - half > free) {
                    muted(at, bottom + 19, "middle", text);
                    free = at + half + 4;
                }
            }
            muted((left + right) / 2, height - 8, "middle", label);
            if (mark != null) {
                double at = across(mark.x());
                svg.add(
                        "<line class=\"muted\" color=\"%s\" stroke=\"currentColor\" stroke-dasharray=\"2 3\""
                                + " x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%.1f\"/>",
                        MUTED, at, at, TOP, bottom);
                muted(at + 6, bottom - 8, "start", mark.text());
            }
        }

        private void line(Line line) {
            open(line);
            svg.add(
                    "<polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"%.1f\"%s stroke-linejoin=\"round\" "
                            + "stroke-linecap=\"round\" points=\"%s\"/>",
                    line.stroke().width(),
                    line.stroke().dashes().isEmpty()
                            ? ""
                            : " stroke-dasharray=\"" + line.stroke().dashes() + "\"",
                    line.points().stream()
                            .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", across(point.x()), down(point.y())))
                            .collect(Collectors.joining(" ")));
            for (Point point : line.points()) {
                double at = across(point.x());
                svg.add(
                        "<line stroke=\"currentColor\" stroke-opacity=\"0.6\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                                + "y2=\"%.1f\"/>",
                        at, at, down(point.most()), down(point.least()));
                svg.add(
                        "<circle fill=\"currentColor\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>",
                        at, down(point.y()), line.stroke().width() + 1, Svg.escaped(point.text()));
            }
            svg.add("</g>");
        }

        private void labels() {
            double[] wanted =
                    lines.stream().mapToDouble(line -> down(line.last().y())).toArray();
            double[] placed = EndLabels.placed(wanted, LINE_HEIGHT, TOP - 4, bottom);
            for (int i = 0; i < placed.length; i++) {
                Line line = lines.get(i);
                double end = across(line.last().x());
                open(line);
                if (Math.abs(placed[i] - wanted[i]) > 2) {
                    svg.add(
                            "<line stroke=\"currentColor\" stroke-opacity=\"0.5\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                                    + "y2=\"%.1f\"/>",
                            end + 5, right + 12, wanted[i], placed[i]);
                }
                svg.add(
                        "<text fill=\"currentColor\" x=\"%.1f\" y=\"%.1f\"%s>%s</text>",
                        right + 14,
                        placed[i] + 4,
                        line.stroke() == Line.Stroke.BOLD ? " font-weight=\"bold\"" : "",
                        Svg.escaped(endText(line)));
                svg.add("</g>");
            }
        }

        private void open(Line line) {
            svg.add("<g class=\"%s\" color=\"%s\">", Svg.escaped(line.style()), line.color());
        }

        private void muted(double x, double y, String anchor, String text) {
            svg.add(
                    "<text class=\"muted\" color=\"%s\" fill=\"currentColor\" x=\"%.1f\" y=\"%.1f\" "
                            + "text-anchor=\"%s\">%s</text>",
                    MUTED, x, y, anchor, Svg.escaped(text));
        }

        private String endText(Line line) {
            return line.name() + "  " + yText.apply(line.last().y());
        }

        private double across(double value) {
            return left + x.share(value) * (right - left);
        }

        private double down(double value) {
            return bottom - y.share(value) * (bottom - TOP);
        }

        private double longest(List<String> texts) {
            return texts.stream().mapToInt(String::length).max().orElse(0) * LETTER;
        }
    }
}
