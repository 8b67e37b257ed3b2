package io.arrowshm.map;

import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Calls a kernel for each index. */
record EachWork<V>(Functor<V> functor, Kernel<V> kernel) implements RangeWork {
    @Override
    public @Nullable RangeResult run(int worker, long from, long to, Control control) throws Exception {
        Iterator<V> values = functor.values(from, to);
        long index = from;
        try {
            while (index < to) {
                long pause = Math.min(to, index + Control.INTERVAL);
                while (index < pause) {
                    kernel.apply(worker, index, values.next());
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
