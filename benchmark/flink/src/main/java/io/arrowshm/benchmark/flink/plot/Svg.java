package io.arrowshm.benchmark.flink.plot;

import java.util.Locale;

/** Text of a drawing, written element by element; all lengths are in its own units. One thread. */
final class Svg {
    private final StringBuilder text = new StringBuilder();

    /** @param format of an element, with numbers, and with texts that are {@link #escaped} */
    Svg add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
