package io.arrowshm.benchmark.report;

/** What is still to be done should the JVM end now, for instance by Ctrl-C. Any thread. */
public final class AtShutdown {
    private final Thread hook;

    private AtShutdown(Thread hook) {
        this.hook = hook;
    }

    /** @param close may run beside whatever else the JVM does */
    public static AtShutdown run(Runnable close) {
        Thread hook = new Thread(close, "benchmark-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return new AtShutdown(hook);
    }

    /** It is done already. Without effect if the JVM is ending. */
    public void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook is what has called this, or will find that it is done.
        }
    }
}
