package io.arrowshm.cluster;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The main class of every JVM of a {@link LocalCluster}: runs the main class named by its first argument, and halts as
 * soon as standard input ends. The parent holds the other end of that pipe and never writes, so however the parent
 * dies, even by SIGKILL, its children die with it.
 */
public final class SupervisedMain {
    /** The exit status of a JVM that lost its parent. */
    static final int PARENT_GONE = 86;

    private SupervisedMain() {}

    public static void main(String[] args) throws Throwable {
        Thread watchdog = new Thread(SupervisedMain::haltAtEndOfInput, "parent-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        try {
            Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException thrownByMain) {
            throw thrownByMain.getCause();
        }
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nobody writes; what comes is ignored
            }
        } catch (IOException brokenPipe) {
            // the same as its end
        }
        // Not exit(): shutdown hooks would wait for a JobManager that is dying as well.
        Runtime.getRuntime().halt(PARENT_GONE);
    }
}
