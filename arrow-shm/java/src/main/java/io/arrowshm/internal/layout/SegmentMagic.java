package io.arrowshm.internal.layout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * How a segment begins.
 *
 * <pre>
 * "ARROW1" 00 00   an Arrow IPC file
 * FF FF FF FF      an encapsulated Arrow message: a tensor; of a file that is to be adopted also a stream
 * 93 "NUMPY"       an .npy file
 * </pre>
 */
public final class SegmentMagic {
    /** Bytes of the longest. */
    public static final int BYTES = 8;

    private static final byte[] ARROW_FILE = "ARROW1\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final List<byte[]> KNOWN =
            List.of(ARROW_FILE, new byte[] {-1, -1, -1, -1}, "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1));

    private SegmentMagic() {}

    /** Whether a segment can begin with these bytes, the first {@link #BYTES} or, if it has fewer, all. */
    public static boolean isKnown(byte[] start) {
        return KNOWN.stream().anyMatch(magic -> Arrays.equals(magic, Arrays.copyOf(start, magic.length)));
    }

    /** Whether an Arrow file begins with these bytes, at least {@link #BYTES}. */
    public static boolean isArrowFile(byte[] start) {
        return Arrays.equals(ARROW_FILE, Arrays.copyOf(start, ARROW_FILE.length));
    }
}
