package io.arrowshm.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A table for people: numbers to the right, words to the left, optional columns only where something stands in them. */
final class Table {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double UNIT = 1024;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final String[] headers;
    private final List<Object[]> rows = new ArrayList<>();

    /** @param headers those of numbers begin with '#', those of optional columns with '?' */
    Table(String... headers) {
        this.headers = headers;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void row(@Nullable Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray());
    }

    @Override
    public String toString() {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < headers.length; i++) {
            columns.add(column(i));
        }
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                columns.toArray(new Column[0]),
                rows.toArray(new Object[0][]));
    }

    private Column column(int index) {
        String header = headers[index];
        boolean isOptional = header.startsWith("?");
        boolean isNumber = header.startsWith("#");
        HorizontalAlign align = isNumber ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new Column()
                .header(isNumber || isOptional ? header.substring(1) : header)
                .headerAlign(align)
                .dataAlign(align)
                .visible(!isOptional || rows.stream().anyMatch(row -> !row[index].equals("")));
    }

    /** Bytes as people read them: 1.5 MiB. */
    static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= UNIT && unit < UNITS.length - 1) {
            size /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
    }

    /** A share as people read it: 12.5 %. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    /** Local time of an instant. */
    static String time(long milliseconds) {
        return TIME.format(Instant.ofEpochMilli(milliseconds).atZone(ZoneId.systemDefault()));
    }
}
