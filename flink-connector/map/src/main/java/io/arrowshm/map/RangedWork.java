package io.arrowshm.map;

import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import org.jspecify.annotations.Nullable;

/** Calls a kernel for the range as a whole. */
record RangedWork(RangeKernel.Body body) implements RangeWork {
    @Override
    public @Nullable RangeResult run(int worker, long from, long to, Control control) throws Exception {
        body.run(worker, from, to);
        return null;
    }
}
