package io.arrowshm.flink.dropin;

import io.arrowshm.Epoch;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.internals.RecordEdge;
import io.arrowshm.flink.internals.RunningTask;
import io.arrowshm.flink.stream.BoundedWait;
import io.arrowshm.flink.stream.TransferOptions;
import java.util.List;

/** Lets references be written on those edges of a task on which they are allowed. */
final class EdgeArming {
    private EdgeArming() {}

    /** Arms the edges of a task, on its thread and while none of its records is being sent further down. */
    static void arm(RunningTask task, TaskExchange exchange) throws ReflectiveOperationException {
        List<RecordEdge<?>> edges = task.unicastEdges();
        if (edges.isEmpty()) {
            return;
        }
        DropInCounts counts = new DropInCounts(task.accumulators(), task.metrics());
        for (RecordEdge<?> edge : edges) {
            Epoch epoch = exchange.epoch();
            SharedMemoryPool pool = exchange.pool();
            TransferOptions options = exchange.options();
            if (epoch == null || pool == null || options == null) {
                return;
            }
            edge.writeInto(new EdgeOutput(new EdgeSender(
                    pool,
                    epoch,
                    options,
                    edge.receivers(),
                    options.creditBytes(pool, task.subtasks()) / edge.receivers(),
                    new BoundedWait(task.backPressure(), counts::countWait, edge::flush),
                    counts)));
        }
    }
}
