package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Makes Flink's operator of an asynchronous function, with an output around its own. */
@Internal
public abstract class AsyncOperatorFactory<T, R> extends AsyncWaitOperatorFactory<T, R> {
    private static final long serialVersionUID = 1L;

    protected AsyncOperatorFactory(AsyncFunction<T, R> function, long timeoutMs, int capacity, OutputMode mode) {
        super(function, timeoutMs, capacity, mode);
    }

    protected abstract Output<StreamRecord<R>> around(Output<StreamRecord<R>> output);

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public final <S extends StreamOperator<R>> S createStreamOperator(StreamOperatorParameters<R> parameters) {
        return super.createStreamOperator(new StreamOperatorParameters<>(
                parameters.getContainingTask(),
                parameters.getStreamConfig(),
                around(parameters.getOutput()),
                parameters::getProcessingTimeService,
                parameters.getOperatorEventDispatcher(),
                parameters.getMailboxExecutor()));
    }
}
