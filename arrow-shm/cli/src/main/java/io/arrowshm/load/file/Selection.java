package io.arrowshm.load.file;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wanted of a file: a group, an array or a table, of which a part may be enough: {@code images}, {@code
 * images[0:100, :, 3]}, {@code table[1000:2000]}, {@code table[:, price, volume]}.
 *
 * @param path of a group, an array or a table
 * @param ranges of axes, the first ones; of a table the rows alone
 * @param columns of a table; empty for all
 */
public record Selection(String path, List<Range> ranges, List<String> columns) {
    private static final Pattern FORM = Pattern.compile("([^\\[].*?)(?:\\[([^\\]]*)])?");
    private static final Pattern RANGE = Pattern.compile("(\\d{0,18})(:(\\d{0,18}))?");

    /**
     * Part of an axis.
     *
     * @param start of the first element
     * @param stop behind the last one; {@link Long#MAX_VALUE} for all
     * @param isIndex whether it is one element, whose axis is gone then
     */
    public record Range(long start, long stop, boolean isIndex) {
        static final Range ALL = new Range(0, Long.MAX_VALUE, false);
    }

    public Selection {
        ranges = List.copyOf(ranges);
        columns = List.copyOf(columns);
    }

    /**
     * Reads a selection as people write it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Selection parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' selects nothing: write, for example, group/array[0:100, :, 3] or table[:, column]");
        }
        List<Range> ranges = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        String inside = form.group(2) == null ? "" : form.group(2).strip();
        for (String part : inside.isEmpty() ? new String[0] : inside.split(",", -1)) {
            String stripped = part.strip();
            if (RANGE.matcher(stripped).matches() && !stripped.isEmpty() && columns.isEmpty()) {
                ranges.add(range(text, stripped));
            } else if (!stripped.isEmpty()) {
                columns.add(stripped);
            } else {
                throw new IllegalArgumentException("'" + text + "' has an empty part between its commas");
            }
        }
        String path = form.group(1);
        return new Selection(path.startsWith("/") ? path.substring(1) : path, ranges, columns);
    }

    private static Range range(String text, String part) {
        Matcher matcher = RANGE.matcher(part);
        if (!matcher.matches()) {
            throw new IllegalStateException(part);
        }
        long start = matcher.group(1).isEmpty() ? 0 : Long.parseLong(matcher.group(1));
        if (matcher.group(2) == null) {
            return new Range(start, start + 1, true);
        }
        long stop = matcher.group(3).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(3));
        if (stop < start) {
            throw new IllegalArgumentException("'" + text + "' has a range that ends before it begins: " + part);
        }
        return new Range(start, stop, false);
    }

    /** Whether all of what has the path is wanted. */
    public boolean isWhole() {
        return ranges.isEmpty() && columns.isEmpty();
    }

    /**
     * The part of an axis of that length that is wanted.
     *
     * @throws IllegalArgumentException if it begins behind the last element
     */
    public Range of(int axis, long length) {
        Range range = axis < ranges.size() ? ranges.get(axis) : Range.ALL;
        long stop = Math.min(range.stop, length);
        if (range.start > stop || (range.isIndex && range.start >= length)) {
            throw new IllegalArgumentException("%s[%s] begins at %d on axis %d, which has %d elements"
                    .formatted(path, ranges, range.start, axis, length));
        }
        return new Range(range.start, stop, range.isIndex);
    }
}
