package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Another handle of an operator that a job has already. */
@Internal
public abstract class OperatorHandle<R> extends SingleOutputStreamOperator<R> {
    protected OperatorHandle(SingleOutputStreamOperator<R> operator) {
        super(operator.getExecutionEnvironment(), operator.getTransformation());
    }
}
