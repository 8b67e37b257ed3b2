package io.arrowshm.testing;

import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.SafePath;
import java.nio.file.Path;
import java.util.function.Function;

/** Files of a pool, as the library's internals want them. Stateless. */
public final class Opened {
    private Opened() {}

    /** Does something with a file, whose directory is open meanwhile; for what keeps the file open by itself. */
    public static <T> T with(Path file, Function<SafePath, T> use) {
        try (DirectoryHandle directory = DirectoryHandle.open(file.getParent())) {
            return use.apply(directory.path().resolve(file.getFileName().toString()));
        }
    }
}
