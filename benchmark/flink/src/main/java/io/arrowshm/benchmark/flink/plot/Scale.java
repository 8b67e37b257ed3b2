package io.arrowshm.benchmark.flink.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Where values lie along an axis, and which of them are named.
 *
 * @param least at the beginning
 * @param most at the end
 * @param logarithmic whether equal distances are equal ratios
 * @param ticks in ascending order
 */
public record Scale(double least, double most, boolean logarithmic, List<Double> ticks) {
    private static final int MOST_TICKS = 9;
    private static final double[][] DECIMAL_STEPS = {{1, 2, 5}, {1, 3}, {1}};
    private static final double[] NICE = {1, 2, 2.5, 5, 10};

    /** Through values that are named themselves. */
    public static Scale through(List<Double> values, boolean logarithmic) {
        return new Scale(values.get(0), values.get(values.size() - 1), logarithmic, values);
    }

    /** From zero on, with a few round numbers. */
    public static Scale fromZero(double most) {
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        double chosen = step;
        for (double nice : NICE) {
            chosen = nice * step / 5;
            if (most / chosen <= 6) {
                break;
            }
        }
        List<Double> ticks = new ArrayList<>();
        int count = (int) Math.ceil(most / chosen - 1e-9);
        for (int i = 0; i <= count; i++) {
            ticks.add(i * chosen);
        }
        return new Scale(0, count * chosen, false, ticks);
    }

    /** Logarithmic, with ticks at round numbers. */
    public static Scale decimal(double least, double most) {
        double from = least * 0.9;
        double to = most * 1.1;
        List<Double> ticks = List.of();
        for (double[] steps : DECIMAL_STEPS) {
            ticks = new ArrayList<>();
            for (double decade = Math.pow(10, Math.floor(Math.log10(from))); decade <= to; decade *= 10) {
                for (double step : steps) {
                    if (step * decade >= from && step * decade <= to) {
                        ticks.add(step * decade);
                    }
                }
            }
            if (ticks.size() <= MOST_TICKS) {
                break;
            }
        }
        return new Scale(from, to, true, ticks);
    }

    /** Logarithmic, with ticks at powers of two, for numbers of bytes. */
    public static Scale binary(double least, double most) {
        double from = least * 0.9;
        double to = most * 1.1;
        List<Double> ticks = List.of();
        for (double factor = 2; ticks.isEmpty() || ticks.size() > MOST_TICKS; factor *= 2) {
            ticks = new ArrayList<>();
            for (double tick = 1; tick <= to; tick *= factor) {
                if (tick >= from) {
                    ticks.add(tick);
                }
            }
            if (factor > to) {
                break;
            }
        }
        return new Scale(from, to, true, ticks);
    }

    /** From 0 at the beginning to 1 at the end. */
    double share(double value) {
        if (most == least) {
            return 0.5;
        }
        return logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    }
}
