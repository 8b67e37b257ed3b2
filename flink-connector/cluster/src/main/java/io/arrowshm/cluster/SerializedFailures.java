package io.arrowshm.cluster;

import org.apache.flink.util.SerializedThrowable;

/** Failures of tasks as their client sees them. */
public final class SerializedFailures {
    private SerializedFailures() {}

    /** What was thrown in a task, if this is what Flink has made of it for the way here; else the failure itself. */
    public static Throwable original(Throwable failure) {
        return failure instanceof SerializedThrowable serialized
                ? serialized.deserializeError(SerializedFailures.class.getClassLoader())
                : failure;
    }
}
