package io.arrowshm.map;

import io.arrowshm.map.internal.parcel.Copied;
import io.arrowshm.map.internal.run.RangeResult;
import io.arrowshm.map.internal.run.RangeWork;
import org.jspecify.annotations.Nullable;

/** Calls a task with an argument: the only index of its call. */
record TaskWork<A, R>(Task<A, R> task, @Nullable Object argument) implements RangeWork {
    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // What came as an argument of the task's type goes as one.
    public RangeResult run(int worker, long from, long to, Control control) throws Exception {
        Object value = argument instanceof Copied copied ? copied.value() : argument;
        return new RangeResult(task.apply((A) value));
    }
}
