package io.arrowshm.shm.array;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Headers by their bytes. Arrays of one stream often have the same, and parsing it takes longer than everything else in
 * opening them. A newer header takes the place of an older one, so that there are never more than some. Any thread.
 */
final class HeaderCache {
    private static final int PLACES = 1 << 10;
    private static final int LARGEST_CACHED = 1 << 12;
    private static final AtomicReferenceArray<@Nullable Entry> ENTRIES = new AtomicReferenceArray<>(PLACES);

    private record Entry(HeaderBytes bytes, ArrayHeader header) {}

    private HeaderCache() {}

    /** @throws RuntimeException of any kind if the bytes are damaged */
    static ArrayHeader parse(HeaderBytes bytes) {
        int place = bytes.hashCode() & PLACES - 1;
        Entry entry = ENTRIES.get(place);
        if (entry != null && entry.bytes.equals(bytes)) {
            return entry.header;
        }
        ArrayHeader header = bytes.isNpy() ? NpyFormat.parse(bytes) : TensorFormat.parse(bytes);
        if (bytes.bytes() <= LARGEST_CACHED) {
            ENTRIES.set(place, new Entry(bytes, header));
        }
        return header;
    }
}
