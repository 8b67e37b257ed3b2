package io.arrowshm.jobs.console;

/** Tells a failure from the noise of a process that is being stopped. */
public final class Shutdown {
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
}
