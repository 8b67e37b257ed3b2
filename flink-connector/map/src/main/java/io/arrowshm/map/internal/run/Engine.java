package io.arrowshm.map.internal.run;

/** Where the workers of a context are. Any thread. */
public interface Engine extends AutoCloseable {
    int workers();

    /** Whether the workers are threads of this process. */
    boolean isHere();

    /**
     * Begins a call.
     *
     * @throws RuntimeException if something is wrong with it; nothing has been done then
     */
    RunningCall start(CallPlan plan);

    /** Cancels what is running. Idempotent. */
    @Override
    void close();
}
