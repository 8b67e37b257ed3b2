package io.arrowshm.internal.core;

import static java.util.Objects.requireNonNull;

import io.arrowshm.internal.memory.DirectoryHandle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The pools that this JVM has open, each with the number of its handles. Any thread. */
public final class OpenPools {
    private static final Map<Path, Open> OPEN = new HashMap<>();

    private OpenPools() {}

    /**
     * One handle more on the pool in a directory, which is opened with the first.
     *
     * @param directory of the pool, which is no longer the caller's: it is closed with the pool, or now
     * @param arrays looks at arrays
     */
    public static PoolCore open(DirectoryHandle directory, ArrayLook arrays) {
        synchronized (OPEN) {
            Open open = OPEN.get(directory.shown());
            if (open == null) {
                open = new Open(new PoolCore(directory, arrays));
                OPEN.put(directory.shown(), open);
                open.handles++;
                return open.core;
            }
            directory.close();
            if (open.handles == 0) {
                // It was closed with segments still open, which kept it mapped.
                open.core.reopen();
            }
            open.handles++;
            return open.core;
        }
    }

    /** One handle less. With the last one this JVM leaves the pool. */
    public static void close(PoolCore core) {
        synchronized (OPEN) {
            Open open = requireNonNull(OPEN.get(core.directory()));
            if (--open.handles == 0 && core.close()) {
                OPEN.remove(core.directory());
            }
        }
    }

    /** The last segment of a pool was released that may have been closed before: then this JVM leaves it now. */
    static void leave(PoolCore core) {
        synchronized (OPEN) {
            Open open = OPEN.get(core.directory());
            if (open != null && open.core == core && open.handles == 0 && core.leave()) {
                OPEN.remove(core.directory());
            }
        }
    }

    private static final class Open {
        private final PoolCore core;
        private int handles;

        Open(PoolCore core) {
            this.core = core;
        }
    }
}
