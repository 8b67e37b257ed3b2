package io.arrowshm.array;

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

    /**
     * By the length of the memory, what was opened last: mostly the next one is the same, and copying it takes longer than
     * comparing it. Entries are immutable, so it does not matter which thread's is found.
     */
    private static final @Nullable Entry[] LATEST_TENSORS = new Entry[64];

    private record Entry(HeaderBytes bytes, ArrayHeader header) {}

    private HeaderCache() {}

    /**
     * The header of the array in a memory.
     *
     * @throws RuntimeException of any kind if it is damaged
     */
    static ArrayHeader parse(long address, long length) {
        Entry latest = LATEST_TENSORS[latestPlace(length)];
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
            LATEST_TENSORS[latestPlace(bytes.length())] = entry;
        }
        return entry.header;
    }

    private static int latestPlace(long length) {
        return Long.hashCode(length * 0x9E37_79B9_7F4A_7C15L) & LATEST_TENSORS.length - 1;
    }
}
