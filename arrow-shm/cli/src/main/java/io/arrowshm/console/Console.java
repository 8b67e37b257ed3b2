package io.arrowshm.console;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Runs a command line. Exit status: the command's own, {@link #EXIT_USAGE} after one line about what the user has to
 * change, {@link #EXIT_FAILURE} after one line about anything else, and {@link #EXIT_INTERRUPTED} after Ctrl-C.
 */
public final class Console {
    public static final int EXIT_FAILURE = 1;
    public static final int EXIT_USAGE = 2;
    public static final int EXIT_INTERRUPTED = 130;

    private final Failures failures;

    /** @param failures tell what the user has to change from everything else */
    public Console(Failures failures) {
        this.failures = failures;
    }

    /** Runs the command of this JVM and ends the JVM. */
    public void main(Object command, String[] arguments) {
        // Pictures are drawn, nothing is shown: without this, AWT looks for a display.
        System.setProperty("java.awt.headless", "true");
        Thread.setDefaultUncaughtExceptionHandler(Console::uncaught);
        System.exit(run(command, arguments, writer(System.out), writer(System.err)));
    }

    /** Returns the exit status. */
    public int run(Object command, String[] arguments, PrintWriter out, PrintWriter err) {
        return new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, given) -> usage(err, line(failure)))
                .setExecutionExceptionHandler((failure, executed, parsed) -> execution(err, failure))
                .execute(arguments);
    }

    private int execution(PrintWriter err, Exception failure) {
        Optional<String> userError = failures.userError(failure);
        // What the user has to change no signal has caused, so nobody has to wait for one.
        if (userError.isPresent() ? Shutdown.inProgress() : Shutdown.causedFailure()) {
            return EXIT_INTERRUPTED;
        }
        return userError.map(line -> usage(err, line)).orElseGet(() -> {
            err.println("failed: " + Failures.reason(failure));
            return EXIT_FAILURE;
        });
    }

    /** Libraries that are only just starting are no news to somebody who has pressed Ctrl-C. */
    private static void uncaught(Thread thread, Throwable failure) {
        if (!Shutdown.inProgress()) {
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            failure.printStackTrace();
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    private static int usage(PrintWriter err, String line) {
        err.println("error: " + line);
        return EXIT_USAGE;
    }

    private static String line(ParameterException failure) {
        return String.valueOf(failure.getMessage()).replace('\n', ' ');
    }
}
