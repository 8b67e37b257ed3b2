package io.arrowshm.dataset;

import io.arrowshm.Segment;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.TableDescription;
import io.arrowshm.internal.names.NamedSlot;
import java.util.Arrays;

/** What a segment holds, in words for listings. Stateless. */
final class SegmentDescription {
    private SegmentDescription() {}

    /**
     * Type and shape, or rows and columns; cut if that is too long; empty for bytes that cannot be opened.
     *
     * @throws SharedMemoryException CLOSED
     */
    static String of(Segment segment) {
        try (Segment own = segment.retain()) {
            String text = own.isArray() ? array(own.array()) : table(own);
            return text.substring(0, Math.min(text.length(), NamedSlot.MAX_DESCRIPTION_LENGTH));
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.CORRUPT) {
                throw e;
            }
            return "";
        }
    }

    private static String array(NdArray array) {
        return array.dtype() + " " + Arrays.toString(array.shape());
    }

    private static String table(Segment segment) {
        long rows = 0;
        for (int batch = 0; batch < segment.batchCount(); batch++) {
            rows += segment.root(batch).getRowCount();
        }
        return TableDescription.of(segment.schema(), rows);
    }
}
