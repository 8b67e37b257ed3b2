package io.arrowshm.cli;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.inspect.PoolInspector;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands: how it answers, and where the pools are. */
final class CommonOptions extends AnswerOptions {
    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "Where the pools are; by default ARROW_SHM_DIR, else /dev/shm.")
    private @Nullable String directory;

    /** The options that name a pool in the directory. */
    PoolOptions pool(String name) {
        PoolOptions options = PoolOptions.named(name);
        return directory == null ? options : options.withDirectory(directory);
    }

    /**
     * Opens a pool that is there.
     *
     * @throws SharedMemoryException ABSENT if it is not
     */
    SharedMemoryPool openExisting(String name) {
        // Opening it would make it.
        PoolInspector.open(pool(name)).close();
        return SharedMemoryPool.open(pool(name));
    }

    /** Where the pools are. */
    String directory() {
        return directory == null ? PoolOptions.defaultDirectory() : directory;
    }
}
