package io.arrowshm.console;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a command line. Exit status: the command's own, {@link #EXIT_USAGE} after one line about what the user has to
 * change, {@link #EXIT_FAILURE} after one line about anything else, and {@link #EXIT_INTERRUPTED} after Ctrl-C.
 * {@code --version} answers for all commands alike.
 */
public final class Console {
    public static final int EXIT_FAILURE = 1;
    public static final int EXIT_USAGE = 2;
    public static final int EXIT_INTERRUPTED = 130;

    static final String VERBOSE = "--verbose";

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
        CommandLine line = new CommandLine(command);
        useVersion(line);
        return line.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, given) -> usage(err, failure, given))
                .setExecutionExceptionHandler((failure, executed, parsed) -> execution(err, failure, executed))
                .execute(arguments);
    }

    private static void useVersion(CommandLine line) {
        line.getCommandSpec().versionProvider(new Version());
        line.getSubcommands().values().forEach(Console::useVersion);
    }

    private int execution(PrintWriter err, Exception failure, CommandLine executed) {
        Optional<Failures.Explained> explained = failures.explained(failure);
        // What has been explained no signal has caused, so nobody has to wait for one.
        if (explained.isPresent() ? Shutdown.inProgress() : Shutdown.causedFailure()) {
            return EXIT_INTERRUPTED;
        }
        if (isVerbose(executed.getParseResult())) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            err.print(Shown.lines(trace.toString()));
        }
        return explained.map(known -> error(err, known)).orElseGet(() -> {
            err.println("failed: " + Shown.line(Failures.reason(failure)));
            return EXIT_FAILURE;
        });
    }

    private static boolean isVerbose(ParseResult parsed) {
        return parsed.matchedOptionValue(VERBOSE, false);
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

    private static int error(PrintWriter err, Failures.Explained explained) {
        err.println("error: " + Shown.line(explained.line()));
        return explained.status();
    }

    private static int usage(PrintWriter err, ParameterException failure, String[] given) {
        String line = Failures.oneLine(String.valueOf(failure.getMessage()));
        return error(err, new Failures.Explained(EXIT_USAGE, line + remedy(failure, given)));
    }

    /** Elsewhere the file of {@code --json} may stand behind a blank, so somebody will write it like that. */
    private static String remedy(ParameterException failure, String[] given) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            for (int i = 1; i < given.length; i++) {
                if (given[i - 1].equals("--json") && unmatched.getUnmatched().contains(given[i])) {
                    return "; for a file write --json=" + given[i];
                }
            }
        }
        return "";
    }
}
