package io.arrowshm.array;

/** IEEE 754 half precision, for which Java 17 has no conversion. */
final class Float16 {
    private static final int MANTISSA_BITS = 10;
    private static final int EXPONENT_BIAS = 15;
    private static final int IMPLICIT_BIT = 1 << MANTISSA_BITS;
    private static final int INFINITY = 0x7C00;
    private static final int NAN = 0x7E00;
    private static final double SMALLEST_NORMAL = 0x1p-14;
    private static final double SMALLEST_SUBNORMAL = 0x1p-24;
    // Half a unit above the largest finite value: from here on the nearest even is infinity.
    private static final double OVERFLOW = 65520;

    private Float16() {}

    static float toFloat(short half) {
        int magnitude = half & 0x7FFF;
        int sign = (half & 0x8000) << 16;
        if (magnitude < IMPLICIT_BIT) {
            float subnormal = magnitude * (float) SMALLEST_SUBNORMAL;
            return sign == 0 ? subnormal : -subnormal;
        }
        // The exponent of infinity and of what is no number is all ones in both formats.
        int bias = magnitude >= INFINITY ? 255 - 31 : 127 - EXPONENT_BIAS;
        return Float.intBitsToFloat(sign | ((magnitude << 13) + (bias << 23)));
    }

    /** The nearest, of two equally near ones the even one. */
    static short fromDouble(double value) {
        int sign = (int) (Double.doubleToRawLongBits(value) >>> 48) & 0x8000;
        return (short) (sign | magnitude(Math.abs(value)));
    }

    private static int magnitude(double value) {
        if (Double.isNaN(value)) {
            return NAN;
        }
        if (value >= OVERFLOW) {
            return INFINITY;
        }
        if (value < SMALLEST_NORMAL) {
            return (int) Math.rint(value / SMALLEST_SUBNORMAL);
        }
        int exponent = Math.getExponent(value);
        int mantissa = (int) Math.rint(Math.scalb(value, MANTISSA_BITS - exponent));
        // A mantissa that was rounded up to 2048 carries into the exponent.
        return ((exponent + EXPONENT_BIAS) << MANTISSA_BITS) + mantissa - IMPLICIT_BIT;
    }
}
