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

    /** What this thread has opened last: mostly the next one is the same, and copying it takes longer than comparing it. */
    private static final ThreadLocal<@Nullable Entry> LATEST_TENSOR = new ThreadLocal<>();

    private record Entry(HeaderBytes bytes, ArrayHeader header) {}

    private HeaderCache() {}

    /**
     * The header of the array in a memory.
     *
     * @throws RuntimeException of any kind if it is damaged
     */
    static ArrayHeader parse(long address, long length) {
        Entry latest = LATEST_TENSOR.get();
        if (latest != null && latest.bytes.isTensorAt(address, length)) {
            return latest.header;
        }
        return parse(HeaderBytes.copy(address, length));
    }

    private static ArrayHeader parse(HeaderBytes bytes) {
        int place = bytes.hashCode() & PLACES - 1;
        Entry entry = ENTRIES.get(place);
        if (entry == null || !entry.bytes.equals(bytes)) {
            entry = new Entry(bytes, bytes.isNpy() ? NpyFormat.parse(bytes) : TensorFormat.parse(bytes));
            if (bytes.bytes() > LARGEST_CACHED) {
                return entry.header;
            }
            ENTRIES.set(place, entry);
        }
        // What stands behind the data of an NPY file is part of its header, and takes looking for.
        if (!bytes.isNpy()) {
            LATEST_TENSOR.set(entry);
        }
        return entry.header;
    }
}
