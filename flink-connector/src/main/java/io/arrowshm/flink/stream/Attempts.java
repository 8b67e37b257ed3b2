package io.arrowshm.flink.stream;

import org.apache.flink.api.common.functions.RuntimeContext;

/** Names the execution attempt of an operator. */
final class Attempts {
    private static final String TASK_ATTEMPT_ID = "<task_attempt_id>";

    private Attempts() {}

    /** The ExecutionAttemptID, which alone is unique: attempt numbers start again after a JobManager failover. */
    static String name(RuntimeContext context, String role) {
        return role + " " + context.getTaskInfo().getTaskNameWithSubtasks() + " "
                + context.getMetricGroup().getAllVariables().get(TASK_ATTEMPT_ID);
    }
}
