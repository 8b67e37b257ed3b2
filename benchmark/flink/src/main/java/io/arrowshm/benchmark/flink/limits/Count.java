package io.arrowshm.benchmark.flink.limits;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Counts records and looks at none of them.
 *
 * @param <T> records
 */
final class Count<T> extends RichFlatMapFunction<T, Boolean> {
    /** The accumulator of records that were counted. */
    static final String COUNTED = "counted";
    /** The accumulator of nanoseconds from the last one that was not counted to the end. */
    static final String NANOS = "nanos";

    private static final long serialVersionUID = 1L;

    private final long warmUp;
    private final LongCounter counted = new LongCounter();
    private final LongCounter nanos = new LongCounter();
    private long records;
    private long since;

    /** @param warmUp records that are not counted, at least 1 */
    Count(long warmUp) {
        this.warmUp = warmUp;
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(COUNTED, counted);
        getRuntimeContext().addAccumulator(NANOS, nanos);
    }

    @Override
    public void flatMap(T record, Collector<Boolean> out) {
        records++;
        if (records == warmUp) {
            since = System.nanoTime();
        }
    }

    @Override
    public void close() {
        counted.add(records - warmUp);
        nanos.add(System.nanoTime() - since);
    }
}
