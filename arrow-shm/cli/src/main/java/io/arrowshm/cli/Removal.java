package io.arrowshm.cli;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.PoolInspector;

/** Removes a whole pool and says so. */
final class Removal {
    private Removal() {}

    /** What is printed. */
    record Removed(String name, boolean removed) {}

    static void remove(CommonOptions common, String name, boolean evenIfInUse) {
        PoolOptions options = common.pool(name);
        boolean removed = evenIfInUse ? PoolInspector.removeFromUnderLiving(options) : SharedMemoryPool.remove(options);
        if (!removed) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no pool " + name + " in " + options.directory());
        }
        common.answer(new Removed(name, true), () -> "removed " + name);
    }
}
