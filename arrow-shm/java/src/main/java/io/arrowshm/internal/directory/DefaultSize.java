package io.arrowshm.internal.directory;

import io.arrowshm.PoolOptions;
import java.util.Locale;

/**
 * The size of a pool of which nobody has said one: a share of what is free, since the processes that use it have memory of
 * their own which they have not taken yet, and not more than a limit, since on a large host nobody knows for whom the rest
 * is. Stateless.
 */
final class DefaultSize {
    private static final int SHARE = 4;

    private DefaultSize() {}

    /** @param freeBytes that the file system and the control groups of this process allow */
    static long of(long freeBytes) {
        return Math.min(freeBytes / SHARE, PoolOptions.MOST_BYTES_BY_DEFAULT);
    }

    /** Why it is that size, for people. */
    static String reason(long freeBytes) {
        return String.format(
                Locale.ROOT,
                "no size was named, so that it is a quarter of the %,d bytes that are free, and %,d at most",
                freeBytes,
                PoolOptions.MOST_BYTES_BY_DEFAULT);
    }
}
