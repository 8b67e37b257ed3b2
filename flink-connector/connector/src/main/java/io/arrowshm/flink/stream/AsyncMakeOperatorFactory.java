package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.AsyncOperatorFactory;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Flink's operator of an asynchronous function, whose segments are closed when they have been emitted. */
@Internal
public final class AsyncMakeOperatorFactory<T> extends AsyncOperatorFactory<T, Segment> {
    private static final long serialVersionUID = 1L;

    private final AsyncMaker<T> maker;

    public AsyncMakeOperatorFactory(AsyncMaker<T> maker, long timeoutMs, int capacity, OutputMode mode) {
        super(maker, timeoutMs, capacity, mode);
        this.maker = maker;
    }

    @Override
    protected Output<StreamRecord<Segment>> around(Output<StreamRecord<Segment>> output) {
        return new GivingOutput(output, maker.given());
    }
}
