package io.arrowshm.flink.stream;

import io.arrowshm.Epoch;
import io.arrowshm.SharedMemoryPool;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * The epoch of an execution attempt in a pool. All operators of the attempt share it, so that each of them can put further
 * references to one segment in flight; it ends when the last of them closes. Any thread.
 */
final class AttemptEpoch implements AutoCloseable {
    // The full ExecutionAttemptID, which alone is unique: attempt numbers start again after a JobManager failover.
    private static final String TASK_ATTEMPT_ID = "<task_attempt_id>";
    /** By the ids of the pool and the attempt. */
    private static final Map<String, AttemptEpoch> OPEN = new HashMap<>();

    private final String key;
    private final Epoch epoch;
    private int operators;

    private AttemptEpoch(String key, Epoch epoch) {
        this.key = key;
        this.epoch = epoch;
    }

    /**
     * For one operator, which closes it exactly once.
     *
     * @throws io.arrowshm.error.SharedMemoryException EXHAUSTED if the pool has no epoch left
     */
    static AttemptEpoch open(SharedMemoryPool pool, RuntimeContext context) {
        String attempt = context.getMetricGroup().getAllVariables().get(TASK_ATTEMPT_ID);
        String key = pool.id() + " " + attempt;
        synchronized (OPEN) {
            AttemptEpoch shared = OPEN.get(key);
            if (shared == null) {
                String name = context.getTaskInfo().getTaskNameWithSubtasks() + " " + attempt;
                shared = new AttemptEpoch(key, pool.openEpoch(name));
                OPEN.put(key, shared);
            }
            shared.operators++;
            return shared;
        }
    }

    Epoch epoch() {
        return epoch;
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (--operators == 0) {
                OPEN.remove(key);
                epoch.close();
            }
        }
    }
}
