package io.arrowshm.benchmark.flink.plot;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param name that stands at its end
 * @param style its class, by which a page may give it another colour
 * @param color of its own
 * @param stroke how it is drawn
 * @param points from left to right, at least one
 */
public record Line(String name, String style, String color, Stroke stroke, List<Point> points) {
    /** How lines are drawn: those that matter most are the thickest. */
    public enum Stroke {
        BOLD(3, ""),
        PLAIN(1.8, ""),
        DASHED(1.8, "6 4"),
        DOTTED(1.5, "1.5 4");

        private final double width;
        private final String dashes;

        Stroke(double width, String dashes) {
            this.width = width;
            this.dashes = dashes;
        }

        double width() {
            return width;
        }

        /** Empty for none. */
        String dashes() {
            return dashes;
        }
    }

    Point last() {
        return points.get(points.size() - 1);
    }
}
