package io.arrowshm.jobs.images.job;

import io.arrowshm.cluster.NetworkBytes;
import io.arrowshm.jobs.images.data.ImageRows;
import io.arrowshm.jobs.images.data.Images;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.jspecify.annotations.Nullable;

/** Counts what passes through other work, and is as slow as it is told to be. */
final class CountedWork implements BatchWork {
    private static final long serialVersionUID = 1L;

    private final BatchWork work;
    private final int slowMs;
    private final LongCounter images = new LongCounter();
    private final LongCounter batches = new LongCounter();
    private final LongCounter payloadBytes = new LongCounter();
    private final LongCounter networkBytes = new LongCounter();
    private @Nullable String taskAttemptId;

    /**
     * @param slowMs milliseconds to sleep over every batch, to play a slow consumer; 0 for none
     */
    CountedWork(BatchWork work, int slowMs) {
        this.work = work;
        this.slowMs = slowMs;
    }

    @Override
    public void open(RuntimeContext context) {
        context.addAccumulator(Counters.IMAGES, images);
        context.addAccumulator(Counters.BATCHES, batches);
        context.addAccumulator(Counters.PAYLOAD_BYTES, payloadBytes);
        context.addAccumulator(Counters.NETWORK_BYTES, networkBytes);
        work.open(context);
        taskAttemptId = context.getMetricGroup().getAllVariables().get(NetworkBytes.TASK_ATTEMPT_ID);
    }

    @Override
    public void process(ImageRows rows) {
        work.process(rows);
        images.add(rows.count());
        batches.add(1);
        payloadBytes.add((long) rows.count() * Images.PAYLOAD_BYTES);
        sleep();
    }

    @Override
    public void close() {
        work.close();
        if (taskAttemptId != null) {
            // Only now has all input been read, so only now is the task's own count complete.
            networkBytes.add(NetworkBytes.receivedRemotely(taskAttemptId));
        }
    }

    private void sleep() {
        if (slowMs > 0) {
            try {
                Thread.sleep(slowMs);
            } catch (InterruptedException e) {
                // Flink is cancelling this task: it looks at the flag and ends it.
                Thread.currentThread().interrupt();
            }
        }
    }
}
