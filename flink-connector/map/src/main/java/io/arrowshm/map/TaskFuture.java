package io.arrowshm.map;

import io.arrowshm.map.internal.run.Arrivals;
import io.arrowshm.map.internal.run.Later;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** What comes of a task. Cancelling it cancels the task. */
final class TaskFuture<R> extends CompletableFuture<R> {
    private volatile Arrivals.@Nullable Arrived result;
    private volatile @Nullable Call call;

    /** By any thread that must not wait. */
    void arrived(int range, Arrivals.Arrived arrived) {
        result = arrived;
    }

    /** From now on it ends with the call. */
    void endWith(Call started) {
        call = started;
        if (isCancelled()) {
            started.cancel();
        }
        Later.when(started.toFuture(), ForkJoinPool.commonPool(), (nothing, failure) -> end(started));
    }

    @SuppressWarnings("unchecked") // It is what the task has returned.
    private void end(Call ended) {
        try {
            ended.await();
            Arrivals.Arrived arrived = result;
            complete(arrived == null ? null : (R) arrived.get());
        } catch (CancellationException e) {
            super.cancel(false);
        } catch (Exception e) {
            completeExceptionally(e);
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        Call started = call;
        if (cancelled && started != null) {
            started.cancel();
        }
        return cancelled;
    }
}
