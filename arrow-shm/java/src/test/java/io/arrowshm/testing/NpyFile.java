package io.arrowshm.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Files as NumPy writes them. */
public final class NpyFile {
    public static final int HEADER_BYTES = 128;

    private NpyFile() {}

    /** One dimension of zeros. */
    public static byte[] zeros(String dtype, int values, int bytesPerValue) {
        String header = "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': (" + values + ",), }";
        byte[] start = String.format("\u0093NUMPY\1\0v\0%-117s\n", header).getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.copyOf(start, HEADER_BYTES + values * bytesPerValue);
    }
}
