package io.arrowshm.benchmark.flink.job;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** A consumer: reads of each array what the load says, and measures. */
abstract class ReadArrays<T> extends RichFlatMapFunction<T, Boolean> {
    private static final long serialVersionUID = 1L;

    private final Load load;
    private final int consumer;

    @SuppressWarnings("NullAway.Init")
    private transient Meter meter;

    /** @param consumer its number */
    ReadArrays(Load load, int consumer) {
        this.load = load;
        this.consumer = consumer;
    }

    abstract double at(T array, int index);

    abstract double sum(T array);

    @Override
    public final void open(OpenContext context) {
        meter = new Meter(load);
    }

    @Override
    public final void flatMap(T array, Collector<Boolean> out) {
        meter.read(load.reads() == Load.Reads.ALL ? sum(array) : at(array, 0));
        if (load.isPaced()) {
            meter.arrived(at(array, Template.DUE));
        }
    }

    @Override
    public final void close() {
        meter.finish(getRuntimeContext(), consumer);
    }
}
