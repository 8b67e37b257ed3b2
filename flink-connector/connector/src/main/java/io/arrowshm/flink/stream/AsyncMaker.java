package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.AroundFunction;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;

/**
 * An asynchronous function that makes segments, and owns what the user's function has completed its results with: until it
 * is emitted, or the attempt ends. Results may be completed by any thread.
 */
@Internal
public final class AsyncMaker<T> extends AroundFunction<AsyncFunction<T, Segment>>
        implements AsyncFunction<T, Segment> {
    private static final long serialVersionUID = 1L;

    private final GivenSegments given = new GivenSegments();
    private final ConcurrentHashMap<ResultFuture<Segment>, Result> open = new ConcurrentHashMap<>();

    public AsyncMaker(AsyncFunction<T, Segment> function) {
        super(function);
    }

    @Override
    public void asyncInvoke(T element, ResultFuture<Segment> future) throws Exception {
        Result result = new Result(future);
        open.put(future, result);
        getWrappedFunction().asyncInvoke(element, result);
    }

    /** Told to the result that the user's function has: what it completes that with later is closed. */
    @Override
    public void timeout(T element, ResultFuture<Segment> future) throws Exception {
        Result result = open.get(future);
        getWrappedFunction().timeout(element, result == null ? new Result(future) : result);
    }

    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            given.close();
        }
    }

    GivenSegments given() {
        return given;
    }

    /** The result of one element, which is completed once. */
    private final class Result implements ResultFuture<Segment> {
        private final ResultFuture<Segment> future;
        private final AtomicBoolean completed = new AtomicBoolean();

        Result(ResultFuture<Segment> future) {
            this.future = future;
        }

        @Override
        public void complete(Collection<Segment> segments) {
            if (!isFirst()) {
                segments.forEach(Segment::close);
            } else if (given.take(segments)) {
                future.complete(segments);
            }
        }

        @Override
        public void complete(CollectionSupplier<Segment> supplier) {
            if (isFirst()) {
                future.complete(() -> {
                    Collection<Segment> segments = supplier.get();
                    return given.take(segments) ? segments : List.of();
                });
            }
        }

        @Override
        public void completeExceptionally(Throwable error) {
            if (isFirst()) {
                future.completeExceptionally(error);
            }
        }

        private boolean isFirst() {
            open.remove(future);
            return completed.compareAndSet(false, true);
        }
    }
}
