package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;

/** An operator that can begin early with what takes long: in a JVM that has just started, Flink needs a while until it opens it. */
@Internal
public abstract class PreparedOperator<T> extends AbstractStreamOperator<T> {
    private static final long serialVersionUID = 1L;

    @Override
    protected void setup(StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<T>> output) {
        super.setup(task, config, output);
        prepare();
    }

    /** In the task that will open it, before its state is restored. Does not wait, and reports no failure: opening does. */
    protected abstract void prepare();
}
