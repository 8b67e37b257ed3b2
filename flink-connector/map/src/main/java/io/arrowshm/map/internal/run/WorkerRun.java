package io.arrowshm.map.internal.run;

import org.jspecify.annotations.Nullable;

/** One worker at the ranges of one call: claims one after the other until none is left or the call is to stop. One thread. */
public final class WorkerRun implements RangeWork.Control {
    private final CallTable table;
    private final Bounds bounds;
    private final boolean dynamic;
    private final Failure.Place place;
    private final int worker;
    private long doneIndices;
    private long rangeFrom;
    private long failedAt;

    /**
     * @param dynamic whether anybody may have any range, and not first its own ones
     * @param place where this worker is
     */
    public WorkerRun(CallTable table, Bounds bounds, boolean dynamic, Failure.Place place) {
        this.table = table;
        this.bounds = bounds;
        this.dynamic = dynamic;
        this.place = place;
        worker = place.worker();
        doneIndices = table.progress(worker);
    }

    /** Where results of ranges go. */
    public interface Results {
        void accept(int range, RangeResult result) throws Exception;
    }

    /** Does what there is to do, and returns what went wrong, or null. All workers stop after a failure. */
    public @Nullable Failure run(RangeWork work, @Nullable Results results) {
        Failure failure = null;
        if (dynamic) {
            for (int range = table.nextHinted(); failure == null && range < table.ranges(); ) {
                failure = tryRange(range, work, results);
                range = table.nextHinted();
            }
        } else {
            for (int range = table.firstOf(worker); failure == null && range < table.firstOf(worker + 1); range++) {
                failure = tryRange(range, work, results);
            }
        }
        return failure == null ? runLeft(work, results) : failure;
    }

    /** Does what nobody has claimed, wherever it is: of workers that have died. */
    public @Nullable Failure runLeft(RangeWork work, @Nullable Results results) {
        Failure failure = null;
        for (int range = 0; failure == null && range < table.ranges() && !table.isStopped(); range++) {
            failure = tryRange(range, work, results);
        }
        return failure;
    }

    private @Nullable Failure tryRange(int range, RangeWork work, @Nullable Results results) {
        if (table.isStopped() || !table.tryClaim(range, worker)) {
            return null;
        }
        rangeFrom = bounds.from(range);
        long to = bounds.from(range + 1);
        failedAt = rangeFrom;
        try {
            RangeResult result = rangeFrom == to ? null : work.run(worker, rangeFrom, to, this);
            if (result != null && results != null) {
                results.accept(range, result);
            }
            doneIndices += to - rangeFrom;
            table.progress(worker, doneIndices);
            table.done(range, worker);
            return null;
        } catch (Stopped stopped) {
            return null;
        } catch (Throwable thrown) {
            table.failed(range, worker);
            table.stop();
            return new Failure(place, failedAt, thrown);
        }
    }

    @Override
    public void reached(long index) {
        table.progress(worker, doneIndices + index - rangeFrom);
        if (table.isStopped()) {
            throw new Stopped();
        }
    }

    @Override
    public void failedAt(long index) {
        failedAt = index;
    }

    /** The range that is being done ends here, unfinished. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the call is to stop", null, false, false);
        }
    }
}
