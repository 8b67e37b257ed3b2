package io.arrowshm.map;

import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import org.jspecify.annotations.Nullable;

/** Calls a kernel for each element of an array: as {@link EachWork}, in a loop that knows what the values are. */
record ElementsWork(Elements elements, Kernel<Value> kernel) implements RangeWork {
    @Override
    public @Nullable RangeResult run(int worker, long from, long to, Control control) throws Exception {
        Value value = elements.before(from);
        long index = from;
        try {
            while (index < to) {
                long pause = Math.min(to, index + Control.INTERVAL);
                while (index < pause) {
                    value.moveOn();
                    kernel.apply(worker, index, value);
                    index++;
                }
                control.reached(index);
            }
        } catch (Throwable e) {
            control.failedAt(index);
            throw e;
        }
        return null;
    }
}
