package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The units of NumPy's datetime64 and timedelta64. */
final class TimeUnits {
    private static final Pattern UNIT = Pattern.compile("([1-9][0-9]{0,8})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)");

    private TimeUnits() {}

    /**
     * The unit as NumPy prints it: one of a unit is without number.
     *
     * @throws SharedMemoryException ARGUMENT
     */
    static String check(String unit) {
        if (unit.isEmpty()) {
            return unit;
        }
        Matcher matcher = UNIT.matcher(unit);
        if (!matcher.matches()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "time unit=\"" + unit + "\", allowed Y, M, W, D, h, m, s, ms, us, ns, ps, fs, as, or a number of"
                            + " them such as 25us");
        }
        return "1".equals(matcher.group(1)) ? matcher.group(2) : unit;
    }
}
