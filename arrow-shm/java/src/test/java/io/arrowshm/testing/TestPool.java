package io.arrowshm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.inspect.PoolInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The pool of a test, or of all tests of a class if it is in a static field. Its name is nobody else's; it is made when
 * somebody opens it, and removed after the test, which fails if a file whose name begins with that of the pool is left.
 * Of a test that fails, a snapshot of the pool stays in target/failed-tests. One thread.
 */
public final class TestPool
        implements BeforeAllCallback, AfterTestExecutionCallback, AfterEachCallback, AfterAllCallback {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Path SNAPSHOTS = Path.of("target", "failed-tests");

    private final PoolOptions options;
    private @Nullable SharedMemoryPool pool;
    private boolean isOfClass;

    private TestPool(PoolOptions options) {
        this.options = options;
    }

    /** With as many slots as a pool has by default. */
    public static TestPool ofBytes(long sizeBytes) {
        return ofBytes(sizeBytes, PoolOptions.DEFAULT_SLOTS);
    }

    public static TestPool ofBytes(long sizeBytes, int slots) {
        return with(options -> options.withSizeBytes(sizeBytes).withSlots(slots));
    }

    /** @param change what is to be other than by default */
    public static TestPool with(UnaryOperator<PoolOptions> change) {
        // No name is the beginning of another one.
        String name = String.format("test-%d-%04d", ProcessHandle.current().pid(), COUNT.incrementAndGet());
        return new TestPool(change.apply(PoolOptions.named(name)));
    }

    public PoolOptions options() {
        return options;
    }

    public String name() {
        return options.name();
    }

    /** Of all pools; where this one's link is. */
    public Path parent() {
        return Path.of(options.directory());
    }

    /** Opens the pool, if this process has not. */
    public SharedMemoryPool pool() {
        if (pool == null) {
            pool = SharedMemoryPool.open(options);
        }
        return pool;
    }

    /** Closes the pool; whoever asks for it afterwards opens it again. */
    public void leave() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }

    /** Leaves the pool and removes it; it must be there, and nobody else may have it open. */
    public void remove() {
        leave();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
        assertThatNothingIsLeft();
    }

    /** Also nothing that was half made. */
    public void assertThatNothingIsLeft() {
        assertThat(parent().toFile().list((directory, file) -> file.contains(name())))
                .as("what is left of the pool %s in %s", name(), parent())
                .isEmpty();
    }

    public void await(String what, Predicate<PoolStatistics> condition) {
        Await.until(what, () -> condition.test(pool().statistics()), () -> pool().statistics());
    }

    /**
     * Waits until so many participants are left, this process among them, and all that the dead ones held has been taken
     * back: that somebody is dead is seen, and counted, before.
     */
    public void awaitReaped(int participants) {
        pool();
        try (PoolInspector inspector = PoolInspector.open(options)) {
            Await.until(
                    participants + " participants are left, and the dead are reaped",
                    () -> inspector.snapshot().participants().size() == participants,
                    () -> inspector.snapshot().participants());
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        isOfClass = true;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            keepSnapshot(context);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!isOfClass) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (isOfClass) {
            end();
        }
    }

    private void end() {
        boolean wasOpen = pool != null;
        leave();
        assertThat(SharedMemoryPool.remove(options) || !wasOpen)
                .as("the pool was there until the end")
                .isTrue();
        assertThatNothingIsLeft();
    }

    private void keepSnapshot(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        try (PoolInspector inspector = PoolInspector.open(options)) {
            Path file = Files.createDirectories(SNAPSHOTS).resolve(test + "-" + name() + ".json");
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), inspector.snapshot());
            System.out.println(test + " failed; its pool as it was then: " + file.toAbsolutePath());
        } catch (IOException | RuntimeException e) {
            System.out.println(test + " failed; its pool cannot be kept: " + e);
        }
    }
}
