package io.arrowshm.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arrowshm.array.NdArray;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the elements of an array are like that are numbers.
 *
 * @param least of those that are numbers; NaN if none is, and so are the next two
 * @param notANumber how many are none
 */
record ArrayStatistics(
        @JsonProperty("least") double least,
        @JsonProperty("greatest") double greatest,
        @JsonProperty("mean") double mean,
        @JsonProperty("notANumber") long notANumber) {
    private static final int ELEMENTS_AT_ONCE = 1 << 16;

    /** Null if the elements are no numbers, or there are none. */
    static @Nullable ArrayStatistics of(NdArray array) {
        char code = array.dtype().toString().charAt(1);
        if (array.size() == 0 || !array.dtype().fields().isEmpty() || (code != 'i' && code != 'u' && code != 'f')) {
            return null;
        }
        Sums sums = new Sums();
        sums.add(array.dimensions() == 0 ? array.reshape(1) : array);
        return sums.statistics();
    }

    @Override
    public String toString() {
        String text =
                String.format(Locale.ROOT, "least %s, greatest %s, mean %.6g", shown(least), shown(greatest), mean);
        return notANumber == 0 ? text : text + ", not a number: " + notANumber;
    }

    private static String shown(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }

    private static final class Sums {
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;
        private double sum;
        private long count;
        private long notANumber;

        void add(NdArray array) {
            long rows = array.length(0);
            long rowElements = array.size() / Math.max(1, rows);
            if (rowElements > ELEMENTS_AT_ONCE) {
                for (long row = 0; row < rows; row++) {
                    add(array.select(0, row));
                }
                return;
            }
            long step = ELEMENTS_AT_ONCE / Math.max(1, rowElements);
            for (long row = 0; row < rows; row += step) {
                for (double value :
                        array.slice(0, row, Math.min(rows, row + step)).toDoubles()) {
                    add(value);
                }
            }
        }

        private void add(double value) {
            if (Double.isNaN(value)) {
                notANumber++;
                return;
            }
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
            sum += value;
            count++;
        }

        ArrayStatistics statistics() {
            return count == 0
                    ? new ArrayStatistics(Double.NaN, Double.NaN, Double.NaN, notANumber)
                    : new ArrayStatistics(least, greatest, sum / count, notANumber);
        }
    }
}
