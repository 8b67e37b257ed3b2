package io.arrowshm.jobs;

import io.arrowshm.jobs.console.Failures;
import io.arrowshm.jobs.console.Shutdown;
import io.arrowshm.jobs.images.ImagesCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The entry point of {@code jobs/run}. Ends with 0 when all went well, {@link #EXIT_USAGE} after one line about what
 * the user has to change, 1 after one line about anything else, and 130 after Ctrl-C.
 */
@Command(
        name = "jobs/run",
        description = "Jobs that run on a Flink cluster of several processes on this machine.",
        mixinStandardHelpOptions = true,
        version = "arrow-shm 0.1.0",
        subcommands = ImagesCommand.class)
public final class Main implements Runnable {
    static final int EXIT_FAILURE = 1;
    static final int EXIT_USAGE = 2;
    static final int EXIT_INTERRUPTED = 130;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] arguments) {
        // Pictures are drawn, nothing is shown: without this, AWT looks for a display.
        System.setProperty("java.awt.headless", "true");
        Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
        System.exit(run(arguments, writer(System.out), writer(System.err)));
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, given) -> usage(err, line(failure)))
                .setExecutionExceptionHandler((failure, command, parsed) -> execution(err, failure))
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a job is missing: images, or --help");
    }

    private static int execution(PrintWriter err, Exception failure) {
        Optional<String> userError = Failures.userError(failure);
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
