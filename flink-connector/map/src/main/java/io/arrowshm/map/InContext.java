package io.arrowshm.map;

import io.arrowshm.map.internal.parcel.WorkerArrays;
import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import org.jspecify.annotations.Nullable;

/** Work in a thread of the context's process: arrays that it makes are the context's. Does not travel. */
record InContext(RangeWork work, ContextPool pool) implements RangeWork {
    @Override
    public @Nullable RangeResult run(int worker, long from, long to, Control control) throws Exception {
        WorkerArrays before = WorkerArrays.use(pool::alloc);
        try {
            return work.run(worker, from, to, control);
        } finally {
            WorkerArrays.use(before);
        }
    }
}
