package io.arrowshm.cli;

import io.arrowshm.array.NdArray;
import java.util.StringJoiner;

/** A small picture of a series, or of an image: the last two axes, of other axes the first element. Stateless. */
final class Picture {
    private static final String LEVELS = " .:-=+*#%@";
    private static final String BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final int MOST_COLUMNS = 64;
    private static final int MOST_ROWS = 24;
    private static final int FEWEST = 8;

    private Picture() {}

    /** Empty if the array is neither. */
    static String of(NdArray array, ArrayStatistics statistics) {
        NdArray image = array;
        while (image.dimensions() > 2) {
            image = image.select(0, 0);
        }
        if (image.dimensions() == 0 || !(statistics.greatest() > statistics.least())) {
            return "";
        }
        boolean isSeries = image.dimensions() == 1;
        long rows = isSeries ? 1 : image.length(0);
        long columns = image.length(image.dimensions() - 1);
        if (columns < FEWEST || (!isSeries && rows < FEWEST)) {
            return "";
        }
        int width = (int) Math.min(columns, MOST_COLUMNS);
        // A character is twice as high as wide.
        int height = isSeries ? 1 : (int) Math.max(1, Math.min(MOST_ROWS, rows * width / columns / 2));
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        for (int y = 0; y < height; y++) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < width; x++) {
                long column = x * columns / width;
                double value = isSeries ? image.getDouble(column) : image.getDouble(y * rows / height, column);
                line.append(character(value, statistics, isSeries ? BARS : LEVELS));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines.toString();
    }

    private static char character(double value, ArrayStatistics statistics, String levels) {
        double share = (value - statistics.least()) / (statistics.greatest() - statistics.least());
        return Double.isNaN(share)
                ? '?'
                : levels.charAt((int) Math.min(levels.length() - 1.0, share * levels.length()));
    }
}
