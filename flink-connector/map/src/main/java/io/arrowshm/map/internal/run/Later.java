package io.arrowshm.map.internal.run;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is done later, and nobody waits for: it throws nothing. */
public final class Later {
    private Later() {}

    /** Once something has ended, by whoever ends it, or at once. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static <T> void when(CompletableFuture<T> ended, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        ended.whenComplete(action);
    }

    /** Once something has ended, by an executor. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static <T> void when(
            CompletableFuture<T> ended, Executor executor, BiConsumer<? super T, ? super @Nullable Throwable> action) {
        ended.whenCompleteAsync(action, executor);
    }

    /** After some time. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static void in(Duration time, ScheduledExecutorService timer, Runnable action) {
        timer.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Now and again and again. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static void every(Duration time, ScheduledExecutorService timer, Runnable action) {
        timer.scheduleWithFixedDelay(action, time.toNanos(), time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
