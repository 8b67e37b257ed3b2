package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Makes a record of each number. */
final class SourceNode<T> extends RichFlatMapFunction<Long, T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;
    private final @Nullable KillPoint killPoint;

    SourceNode(NodeTask<T> task, @Nullable KillPoint killPoint) {
        this.task = task;
        this.killPoint = killPoint;
    }

    @Override
    public void open(OpenContext context) {
        task.carrier().open();
        if (killPoint != null) {
            killPoint.open();
        }
    }

    @Override
    public void flatMap(Long number, Collector<T> out) throws Exception {
        if (killPoint != null) {
            killPoint.pass();
        }
        task.carrier().make(task.logic().made(number, 0), out::collect);
    }
}
