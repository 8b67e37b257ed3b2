package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;

/** Flink's operator of an asynchronous function, whose segments are closed when they have been emitted. */
@Internal
public final class AsyncMakeOperatorFactory<T> extends AsyncWaitOperatorFactory<T, Segment> {
    private static final long serialVersionUID = 1L;

    private final AsyncMaker<T> maker;

    public AsyncMakeOperatorFactory(AsyncMaker<T> maker, long timeoutMs, int capacity, OutputMode mode) {
        super(maker, timeoutMs, capacity, mode);
        this.maker = maker;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <S extends StreamOperator<Segment>> S createStreamOperator(StreamOperatorParameters<Segment> parameters) {
        return super.createStreamOperator(new StreamOperatorParameters<>(
                parameters.getContainingTask(),
                parameters.getStreamConfig(),
                new GivingOutput(parameters.getOutput(), maker.given()),
                parameters::getProcessingTimeService,
                parameters.getOperatorEventDispatcher(),
                parameters.getMailboxExecutor()));
    }
}
