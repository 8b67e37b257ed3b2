package io.arrowshm.cli;

import io.arrowshm.PoolDirectory;
import io.arrowshm.PoolOptions;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.file.Path;

/** Removes a whole pool and says so. */
final class Removal {
    private Removal() {}

    /** What is printed. */
    record Removed(String name, boolean removed) {}

    static void remove(CommonOptions common, String name, boolean evenIfInUse) {
        PoolOptions options = common.pool(name);
        PoolDirectory directory = new PoolDirectory(Path.of(options.directory()), name);
        boolean removed = evenIfInUse ? directory.removeFromUnderLiving() : directory.remove();
        if (!removed) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no pool " + name + " in " + options.directory());
        }
        common.answer(new Removed(name, true), () -> "removed " + name);
    }
}
