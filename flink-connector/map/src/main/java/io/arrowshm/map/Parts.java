package io.arrowshm.map;

import io.arrowshm.array.NdArray;
import io.arrowshm.map.internal.run.Arrivals;
import io.arrowshm.map.internal.run.Bounds;
import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Several arrays in parts, each processed by a worker, with results that come as they are ready: {@link Shm#parts}. */
public final class Parts {
    private final Shm shm;
    private final List<NdArray> arrays;

    Parts(Shm shm, List<NdArray> arrays) {
        this.shm = shm;
        this.arrays = arrays;
    }

    /**
     * A part of one of the arrays.
     *
     * @param array which of them, from 0
     * @param from the first index along the array's first axis
     * @param to the index behind the last one
     * @param values the array's elements from there to there, in place
     */
    public record Part(int array, long from, long to, NdArray values) {}

    /**
     * What is done with a part, by a worker.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    public interface PartProcess<R> extends Serializable {
        R process(Part part) throws Exception;
    }

    /**
     * What is done with what came of a part, by the thread that waits for it.
     *
     * @param <R> what came of it
     */
    @FunctionalInterface
    public interface Callback<R> {
        void accept(Part part, R result);
    }

    /** {@link #each(CallOptions, PartProcess, Callback)}, with each array in as many parts as there are workers. */
    public <R> Call each(PartProcess<R> process, Callback<? super R> callback) {
        return each(CallOptions.DEFAULT.dynamic(), process, callback);
    }

    /**
     * Has workers process all parts of all arrays, and passes on what comes of each as soon as it is ready, in no order; returns
     * when all are done. If one fails, or the callback throws, the others are given up.
     *
     * @param options into which parts each array is cut along its first axis
     * @return the call, which has ended
     * @throws KernelException if a part could not be processed; otherwise as {@link Call#await}
     */
    public <R> Call each(CallOptions options, PartProcess<R> process, Callback<? super R> callback) {
        List<Part> parts = parts(options);
        BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
        Call call = shm.start(
                parts.size(),
                options,
                new Bounds.Shares(parts.size(), parts.size()),
                new PartsWork<>(arrays, parts.stream().map(Parts::place).toList(), process),
                (range, result) -> callbacks.add(() -> pass(parts.get(range), result, callback)));
        Later.when(call.toFuture(), (nothing, failure) -> callbacks.add(Parts::end));
        run(callbacks, call);
        return call;
    }

    private List<Part> parts(CallOptions options) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < arrays.size(); i++) {
            NdArray array = arrays.get(i);
            Bounds bounds = options.bounds(array.length(0), shm.workers());
            for (int range = 0; range < bounds.count(); range++) {
                long from = bounds.from(range);
                long to = bounds.from(range + 1);
                if (from < to) {
                    parts.add(new Part(i, from, to, array.slice(0, from, to)));
                }
            }
        }
        return parts;
    }

    private static Place place(Part part) {
        return new Place(part.array(), part.from(), part.to());
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // It is what the process has returned.
    private static <R> void pass(Part part, Arrivals.Arrived result, Callback<? super R> callback) {
        Object value;
        try {
            value = result.get();
        } catch (Exception e) {
            throw new IllegalStateException("what came of a part cannot be read: " + e, e);
        }
        ((Callback<Object>) callback).accept(part, value);
    }

    private static void run(BlockingQueue<Runnable> callbacks, Call call) {
        try {
            while (true) {
                callbacks.take().run();
            }
        } catch (AllPassed all) {
            // The last of them.
        } catch (InterruptedException e) {
            // Waiting finds that, and cancels.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            call.cancel();
            throw e;
        }
        call.await();
    }

    /** Stands behind the last result. */
    private static void end() {
        throw new AllPassed();
    }

    private static final class AllPassed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A part without its values, which workers have of their own. */
    record Place(int array, long from, long to) implements Serializable {}

    /** Each index is one of the parts. */
    record PartsWork<R>(List<NdArray> arrays, List<Place> parts, PartProcess<R> process) implements RangeWork {
        @Override
        public RangeResult run(int worker, long from, long to, Control control) throws Exception {
            Place place = parts.get((int) from);
            NdArray values = arrays.get(place.array()).slice(0, place.from(), place.to());
            return new RangeResult(process.process(new Part(place.array(), place.from(), place.to(), values)));
        }
    }
}
