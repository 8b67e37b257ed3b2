package io.arrowshm.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whole numbers out of parsed text. */
final class Numbers {
    private Numbers() {}

    /** @throws IllegalArgumentException if it is not a list of numbers of at most 64 bits */
    static List<Long> longs(Object list) {
        if (!(list instanceof List<?> items)) {
            throw new IllegalArgumentException("there must be a list of numbers");
        }
        List<Long> longs = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Integer) && !(item instanceof Long)) {
                throw new IllegalArgumentException("there must be whole numbers of at most 64 bits only");
            }
            longs.add(((Number) item).longValue());
        }
        return longs;
    }

    static List<Long> list(long[] longs) {
        return Arrays.stream(longs).boxed().toList();
    }

    static long[] array(List<Long> longs) {
        return longs.stream().mapToLong(Long::longValue).toArray();
    }
}
