package io.arrowshm.benchmark.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** A table for a terminal, built line by line. */
public final class TextTable {
    private final List<Column> columns = new ArrayList<>();
    private final List<Object[]> lines = new ArrayList<>();

    /** Columns of words. */
    public TextTable words(String... headers) {
        for (String header : headers) {
            columns.add(new Column().header(header).dataAlign(HorizontalAlign.LEFT));
        }
        return this;
    }

    /** Columns of numbers. */
    public TextTable numbers(String... headers) {
        for (String header : headers) {
            columns.add(new Column().header(header));
        }
        return this;
    }

    /** @param cells one for each column */
    public void line(Object... cells) {
        lines.add(cells);
    }

    @Override
    public String toString() {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                columns.toArray(new Column[0]),
                lines.toArray(new Object[0][]));
    }
}
