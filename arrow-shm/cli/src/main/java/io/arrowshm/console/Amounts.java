package io.arrowshm.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people read them. Stateless. */
public final class Amounts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double UNIT = 1024;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Amounts() {}

    /** Bytes: 1.5 MiB. */
    public static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= UNIT && unit < UNITS.length - 1) {
            size /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
    }

    /** A share, 0 to 1: 12.5 %. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    /** A count: 1,048,576. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A time that has passed, in the largest unit of which there are two, or in seconds: 90 s, 15 min, 47 h, 3 d. */
    public static String duration(long milliseconds) {
        Duration duration = Duration.ofMillis(Math.max(0, milliseconds));
        if (duration.toMinutes() < 2) {
            return duration.toSeconds() + " s";
        }
        if (duration.toHours() < 2) {
            return duration.toMinutes() + " min";
        }
        return duration.toDays() < 2 ? duration.toHours() + " h" : duration.toDays() + " d";
    }

    /** Local time of an instant in milliseconds since 1970: 2026-01-31 23:59:59. */
    public static String time(long milliseconds) {
        return TIME.format(Instant.ofEpochMilli(milliseconds).atZone(ZoneId.systemDefault()));
    }
}
