package io.arrowshm.map;

import java.io.Serializable;

/** A kernel that is called once for each range instead of once for each index: the form for loops of one's own. */
public final class RangeKernel {
    private final Body body;

    private RangeKernel(Body body) {
        this.body = body;
    }

    /** A kernel over ranges. */
    public static RangeKernel ranged(Body body) {
        return new RangeKernel(body);
    }

    Body body() {
        return body;
    }

    /** What is done with a range; see {@link Kernel} for what it may use. */
    @FunctionalInterface
    public interface Body extends Serializable {
        /**
         * Does a range, which is not empty. Its thread is interrupted if the call is cancelled.
         *
         * @param worker from 0 to below the number of workers of the context
         * @param from the first index
         * @param to the index behind the last one
         * @throws Exception ends the call, see {@link KernelException}
         */
        void run(int worker, long from, long to) throws Exception;
    }
}
