package io.arrowshm.map;

import io.arrowshm.map.internal.run.Bounds;
import io.arrowshm.map.internal.run.CallTable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call is made: into which ranges it is cut, which worker gets which, and what happens if something goes wrong.
 * Immutable; begin with a static method and go on from there: {@code chunks(10_000).dynamic().retries(2)}.
 *
 * <p>By default there is a range for each worker, as even as can be: worker w of k does the indices from w * n / k to below
 * (w + 1) * n / k. Nothing is done twice, there is no time-out, and no measuring.
 */
public final class CallOptions {
    static final CallOptions DEFAULT =
            new CallOptions((size, workers) -> shares(size, workers), false, 0, false, null, false);

    private final Cut cut;
    private final boolean dynamic;
    private final int retries;
    private final boolean resets;
    private final @Nullable Duration timeout;
    private final boolean measuresCpu;

    private CallOptions(
            Cut cut, boolean dynamic, int retries, boolean resets, @Nullable Duration timeout, boolean measuresCpu) {
        this.cut = cut;
        this.dynamic = dynamic;
        this.retries = retries;
        this.resets = resets;
        this.timeout = timeout;
        this.measuresCpu = measuresCpu;
    }

    private interface Cut {
        Bounds cut(long size, int workers);
    }

    /** A way of one's own to cut a call into ranges. */
    @FunctionalInterface
    public interface Partition {
        /**
         * The first index of each range, and at the end the size: not decreasing, beginning with 0.
         *
         * @param size how many indices there are
         * @param workers of the context
         */
        long[] starts(long size, int workers);
    }

    /** One range for each worker, and nothing special. */
    public static CallOptions perWorker() {
        return DEFAULT;
    }

    /** As many ranges as the machine has cores. */
    public static CallOptions perCore() {
        return shares(Runtime.getRuntime().availableProcessors());
    }

    /** So many ranges, as even as can be: range r begins at r * n / count. */
    public static CallOptions shares(int count) {
        require(count >= 1 && count <= CallTable.MAX_RANGES, "shares=" + count, "1 to " + CallTable.MAX_RANGES);
        return DEFAULT.with((size, workers) -> shares(size, count));
    }

    /** Ranges of so many indices; the last one has what is left. */
    public static CallOptions chunks(long length) {
        require(length >= 1, "chunks of length=" + length, "1 and more");
        return DEFAULT.with((size, workers) -> {
            long needed = Math.max(1, (size + CallTable.MAX_RANGES - 1) / CallTable.MAX_RANGES);
            require(length >= needed, "chunks of length=" + length + " for " + size + " indices", needed + " and more");
            return new Bounds.Chunks(size, length);
        });
    }

    /** Ranges as somebody says. */
    public static CallOptions partition(Partition partition) {
        return DEFAULT.with((size, workers) -> listed(size, partition.starts(size, workers)));
    }

    /** Each worker takes the next range that is left, instead of those of its own: for kernels that take differently long. */
    public CallOptions dynamic() {
        return new CallOptions(cut, true, retries, resets, timeout, measuresCpu);
    }

    /**
     * If workers die, what they had begun is done again by others, so often in all. Only for kernels that may do an index
     * twice: one that adds to its output in place adds twice then. Refused for kernels that capture arrays per worker, unless
     * they {@link #resetting reset} them. The default is 0: then the call fails.
     */
    public CallOptions retries(int times) {
        require(times >= 0, "retries=" + times, "0 and more");
        return new CallOptions(cut, dynamic, times, resets, timeout, measuresCpu);
    }

    /** Says that whatever the kernel adds up per worker is right also if a range is begun twice. */
    public CallOptions resetting() {
        return new CallOptions(cut, dynamic, retries, true, timeout, measuresCpu);
    }

    /**
     * The call fails if it takes longer; kernels are interrupted, and workers whose kernel does not end are replaced. Not in a
     * serial context, where the thread that would see to it runs the kernel.
     */
    public CallOptions timeout(Duration limit) {
        require(!limit.isNegative() && !limit.isZero(), "timeout=" + limit, "more than 0");
        return new CallOptions(cut, dynamic, retries, resets, limit, measuresCpu);
    }

    /** Measures what every core of the machine does during the call, see {@link Call#cpu}. */
    public CallOptions measuringCpu() {
        return new CallOptions(cut, dynamic, retries, resets, timeout, true);
    }

    private CallOptions with(Cut newCut) {
        return new CallOptions(newCut, dynamic, retries, resets, timeout, measuresCpu);
    }

    Bounds bounds(long size, int workers) {
        return cut.cut(size, workers);
    }

    boolean isDynamic() {
        return dynamic;
    }

    int retries() {
        return retries;
    }

    boolean resets() {
        return resets;
    }

    @Nullable
    Duration timeout() {
        return timeout;
    }

    boolean measuresCpu() {
        return measuresCpu;
    }

    private static Bounds shares(long size, int count) {
        return new Bounds.Shares(size, count);
    }

    private static Bounds listed(long size, long[] starts) {
        boolean right = starts.length >= 1 && starts[0] == 0 && starts[starts.length - 1] == size;
        for (int i = 1; right && i < starts.length; i++) {
            right = starts[i] >= starts[i - 1];
        }
        require(right, "starts=" + java.util.Arrays.toString(starts), "0, not decreasing, at the end " + size);
        return new Bounds.Listed(starts.clone());
    }

    private static void require(boolean condition, String came, String allowed) {
        if (!condition) {
            throw new IllegalArgumentException(came + ", allowed " + allowed);
        }
    }
}
