package io.arrowshm.flink.type;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;

/** Segments in private memory, and whether two are the same byte for byte. */
public final class SegmentBytes {
    private SegmentBytes() {}

    public static Segment segment(int elements) {
        try (ArrayWriter writer = ArrayWriter.inPrivateMemory(ArraySpec.of(DType.INT32, elements))) {
            for (int i = 0; i < elements; i++) {
                writer.array().at(i).set(17 * i + elements);
            }
            return writer.seal();
        }
    }

    public static boolean areEqual(Segment first, Segment second) {
        return Arrays.equals(bytes(first), bytes(second));
    }

    /** Segments have no equality of their own. */
    static DeeplyEqualsChecker checker() {
        return new DeeplyEqualsChecker()
                .withCustomCheck(
                        (first, second) -> first instanceof Segment && second instanceof Segment,
                        (first, second, checker) -> areEqual((Segment) first, (Segment) second));
    }

    private static byte[] bytes(Segment segment) {
        DataOutputSerializer out = new DataOutputSerializer(1);
        try {
            segment.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.getCopyOfBuffer();
    }
}
