package io.arrowshm.map.internal.run;

import java.util.function.IntPredicate;

/**
 * What is known of the ranges of a call: a word a range, which workers change by compare-and-set. So it is known of every
 * range which worker has claimed it, also once that worker is dead. Any thread, any process.
 *
 * <pre>
 * cell 0                  hint: the range that a worker is to look at next, if anybody may have any
 * cell 8                  whether the call is to stop
 * cell 16 + 8 w           indices that worker w has done
 * cell 16 + 8 n + r       the word of range r:  bits 0-1 state, bits 2-17 worker + 1, or 0 for any
 * </pre>
 *
 * <p>What workers write often has a cache line of its own.
 */
public final class CallTable {
    /** More ranges are no use, and would take more memory than most arrays. */
    public static final int MAX_RANGES = 1 << 24;

    private static final int LINE = 8;
    private static final int HINT = 0;
    private static final int STOP = LINE;
    private static final int WORKERS = 2 * LINE;

    private static final int FREE = 0;
    private static final int CLAIMED = 1;
    private static final int DONE = 2;
    private static final int FAILED = 3;
    private static final int STATE = 3;

    private final Cells cells;
    private final int workers;
    private final int ranges;

    /** @param cells all of them 0 for a new call */
    public CallTable(Cells cells, int workers, int ranges) {
        this.cells = cells;
        this.workers = workers;
        this.ranges = ranges;
    }

    /** Cells that a table takes. */
    public static long cells(int workers, int ranges) {
        return WORKERS + (long) LINE * workers + ranges;
    }

    public int ranges() {
        return ranges;
    }

    public int workers() {
        return workers;
    }

    /** Gives every worker its own part of the ranges, one behind the other. Before anybody claims. */
    public void assign() {
        for (int worker = 0; worker < workers; worker++) {
            for (int range = firstOf(worker); range < firstOf(worker + 1); range++) {
                cells.set(cell(range), word(FREE, worker + 1));
            }
        }
    }

    /** The first range that {@link #assign} gives to a worker. */
    int firstOf(int worker) {
        return (int) ((long) worker * ranges / workers);
    }

    /** Workers that have something to do at first. */
    public int workersNeeded() {
        return Math.min(workers, ranges);
    }

    /** The worker that is to have the n-th part, of as many as there are {@link #workersNeeded}. */
    public int workerOf(int part) {
        int parts = workersNeeded();
        return (int) (((part + 1L) * workers + parts - 1) / parts) - 1;
    }

    /** The next range that nobody has looked at yet; at or above the number of ranges once all have been. */
    int nextHinted() {
        while (true) {
            long next = cells.get(HINT);
            if (next >= ranges || cells.compareAndSet(HINT, next, next + 1)) {
                return (int) next;
            }
        }
    }

    /** Whether the range is this worker's now; it may have it if it is free, and anybody's or its own. */
    boolean tryClaim(int range, int worker) {
        long word = cells.get(cell(range));
        boolean claimable = state(word) == FREE && (owner(word) == 0 || owner(word) == worker + 1);
        return claimable && cells.compareAndSet(cell(range), word, word(CLAIMED, worker + 1));
    }

    /** By the worker that has claimed it. */
    void done(int range, int worker) {
        cells.set(cell(range), word(DONE, worker + 1));
    }

    /** By the worker that has claimed it. */
    void failed(int range, int worker) {
        cells.set(cell(range), word(FAILED, worker + 1));
    }

    /** From now on no worker begins with another range. */
    public void stop() {
        cells.set(STOP, 1);
    }

    public boolean isStopped() {
        return cells.get(STOP) != 0;
    }

    /** Tells how far a worker is. */
    void progress(int worker, long indices) {
        cells.set(WORKERS + (long) LINE * worker, indices);
    }

    /** Indices that a worker has done. */
    public long progress(int worker) {
        return cells.get(WORKERS + (long) LINE * worker);
    }

    /** Whether every range was done. */
    public boolean isDone() {
        return count(DONE) == ranges;
    }

    /**
     * Ranges that a worker has claimed and not finished.
     *
     * @param isLost whether what came of a range that was done never arrived
     */
    public int unfinished(int worker, IntPredicate isLost) {
        int unfinished = 0;
        for (int range = 0; range < ranges; range++) {
            if (isUnfinished(range, cells.get(cell(range)), worker, isLost)) {
                unfinished++;
            }
        }
        return unfinished;
    }

    /** Ranges that nobody has done. */
    public int left() {
        return ranges - count(DONE);
    }

    /**
     * Makes what a worker had anybody's: what it has not begun and, if that is to be done again, what it has not finished.
     * Once the worker is dead or not there at all. The number of ranges that anybody may have now.
     *
     * @param isLost whether what came of a range that was done never arrived, so that it is as if it was not finished
     */
    public int release(int worker, boolean again, IntPredicate isLost) {
        int released = 0;
        for (int range = 0; range < ranges; range++) {
            long word = cells.get(cell(range));
            boolean notBegun = word == word(FREE, worker + 1);
            boolean notFinished = again && isUnfinished(range, word, worker, isLost);
            if ((notBegun || notFinished) && cells.compareAndSet(cell(range), word, word(FREE, 0))) {
                released++;
            }
        }
        return released;
    }

    private boolean isUnfinished(int range, long word, int worker, IntPredicate isLost) {
        return word == word(CLAIMED, worker + 1) || (word == word(DONE, worker + 1) && isLost.test(range));
    }

    private int count(int state) {
        int count = 0;
        for (int range = 0; range < ranges; range++) {
            if (state(cells.get(cell(range))) == state) {
                count++;
            }
        }
        return count;
    }

    private long cell(int range) {
        return WORKERS + (long) LINE * workers + range;
    }

    private static int state(long word) {
        return (int) word & STATE;
    }

    private static long owner(long word) {
        return word >>> 2;
    }

    private static long word(int state, int owner) {
        return (long) owner << 2 | state;
    }
}
