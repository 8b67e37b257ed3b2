package io.arrowshm.systemtest.topology;

import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/** A function whose node's sum is checkpointed with it. */
interface CountingFunction<T> extends CheckpointedFunction {
    NodeTask<T> task();

    @Override
    default void initializeState(FunctionInitializationContext context) throws Exception {
        task().initialize(context);
        task().carrier().open();
    }

    @Override
    default void snapshotState(FunctionSnapshotContext context) throws Exception {
        task().snapshot();
    }
}
