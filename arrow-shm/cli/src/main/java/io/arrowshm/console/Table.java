package io.arrowshm.console;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table for people: words to the left, numbers to the right, each cell on one line, see {@link Shown}. For one thread. */
public final class Table {
    private record Heading(String text, HorizontalAlign align, boolean optional) {}

    private final List<Heading> headings = new ArrayList<>();
    private final List<Object[]> rows = new ArrayList<>();

    /** Adds columns of words. */
    public Table words(String... headers) {
        return columns(HorizontalAlign.LEFT, false, headers);
    }

    /** Adds columns of words that are left out while nothing stands in them. */
    public Table optionalWords(String... headers) {
        return columns(HorizontalAlign.LEFT, true, headers);
    }

    /** Adds columns of numbers. */
    public Table numbers(String... headers) {
        return columns(HorizontalAlign.RIGHT, false, headers);
    }

    private Table columns(HorizontalAlign align, boolean optional, String... headers) {
        for (String header : headers) {
            headings.add(new Heading(Shown.line(header), align, optional));
        }
        return this;
    }

    /** @param cells one for each column */
    public void row(@Nullable Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("cells=" + cells.length + ", columns are " + headings.size());
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> Shown.line(String.valueOf(cell)))
                .toArray());
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public String toString() {
        Column[] columns = new Column[headings.size()];
        for (int i = 0; i < columns.length; i++) {
            Heading heading = headings.get(i);
            columns[i] = new Column()
                    .header(heading.text())
                    .headerAlign(heading.align())
                    .dataAlign(heading.align())
                    .visible(!heading.optional() || hasText(i));
        }
        return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns, rows.toArray(new Object[0][]));
    }

    private boolean hasText(int column) {
        return rows.stream().anyMatch(row -> !row[column].equals(""));
    }
}
