package io.arrowshm.benchmark.flink;

import java.util.Locale;

/** Numbers of bytes as people read them. */
final class ByteSize {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};
    private static final int STEP = 1024;

    private ByteSize() {}

    /** In the largest unit that leaves at least one, with at most three digits: {@code 16 B}, {@code 1.4 KiB}. */
    static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.round(value) >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        boolean whole = unit == 0 || value >= 100 || Math.abs(value - Math.rint(value)) < 0.05;
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }
}
