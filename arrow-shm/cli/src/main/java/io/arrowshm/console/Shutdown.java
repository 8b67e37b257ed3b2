package io.arrowshm.console;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Tells a failure from the noise of a process that is being stopped. */
public final class Shutdown {
    private static final Duration SIGNAL_LATENCY = Duration.ofMillis(200);
    private static final Duration STEP = Duration.ofMillis(10);

    private Shutdown() {}

    /** Whether this JVM is on its way out, for instance after Ctrl-C. */
    public static boolean inProgress() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException shuttingDown) {
            return true;
        }
    }

    /**
     * Whether a failure is only what Ctrl-C did to another process. The signal goes to the whole process group, and what
     * a child's end makes fail here may be known before this JVM has begun to stop; so this waits a moment for that.
     */
    public static boolean causedFailure() {
        long deadline = System.nanoTime() + SIGNAL_LATENCY.toNanos();
        while (!inProgress()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
        return true;
    }
}
