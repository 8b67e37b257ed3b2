package io.arrowshm.testing;

import static io.arrowshm.testing.Await.until;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that take several gigabytes run one after another, also those of the JVMs beside this one: together they would not
 * fit into the memory of a small machine. Register it for the class.
 */
public final class MuchMemory implements BeforeAllCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private @Nullable FileChannel file;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        FileChannel opened = FileChannel.open(
                Path.of("target", "much-memory.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        file = opened;
        until("other tests with much memory are over", PATIENCE, () -> tryLock(opened) != null, () -> "");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private static @Nullable FileLock tryLock(FileChannel of) {
        try {
            return of.tryLock();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
