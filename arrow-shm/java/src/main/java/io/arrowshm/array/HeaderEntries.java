package io.arrowshm.array;

import java.util.List;
import java.util.Map;

/**
 * A dictionary out of parsed text, where every entry must be what it is asked for.
 *
 * @param offset of the text in the memory
 */
record HeaderEntries(Map<?, ?> entries, long offset) {

    /** @throws DamagedArrayException if there is none or it is no such thing */
    <T> T get(String key, Class<T> type) {
        Object value = entries.get(key);
        if (!type.isInstance(value)) {
            throw new DamagedArrayException(
                    offset, "there is no readable \"" + key + "\" among the entries " + entries.keySet());
        }
        return type.cast(value);
    }

    long[] longs(String key) {
        return Numbers.array(Numbers.longs(get(key, List.class)));
    }

    DType dtype() {
        return DTypeSpelling.parse(get("descr", Object.class));
    }
}
