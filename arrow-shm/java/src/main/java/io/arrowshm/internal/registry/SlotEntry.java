package io.arrowshm.internal.registry;

import io.arrowshm.internal.layout.SlotRecord;
import net.openhft.chronicle.bytes.Byteable;
import net.openhft.chronicle.bytes.BytesStore;
import org.jspecify.annotations.Nullable;

/**
 * The registry's value, as Chronicle Map inserts it: one {@link SlotRecord}.
 */
public final class SlotEntry implements Byteable {
    private @Nullable BytesStore<?, ?> bytes;
    private long offset;

    // The interface has the raw type.
    @Override
    @SuppressWarnings("rawtypes")
    public void bytesStore(BytesStore newBytes, long newOffset, long length) {
        if (length != SlotRecord.BYTES) {
            throw new IllegalArgumentException("length=" + length + ", a slot record has " + SlotRecord.BYTES);
        }
        bytes = newBytes;
        offset = newOffset;
    }

    @Override
    public @Nullable BytesStore<?, ?> bytesStore() {
        return bytes;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long maxSize() {
        return SlotRecord.BYTES;
    }

    /** Valid for as long as the map is open. */
    @Override
    public long address() {
        if (bytes == null) {
            throw new IllegalStateException("the flyweight points nowhere");
        }
        return bytes.addressForRead(offset);
    }
}
