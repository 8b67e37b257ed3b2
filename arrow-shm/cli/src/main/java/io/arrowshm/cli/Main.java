package io.arrowshm.cli;

import io.arrowshm.error.SharedMemoryException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The entry point of {@code arrow-shm}. Ends with 0 when all went well, {@link #EXIT_FAILURE} when something is wrong
 * with a pool or something is in use, {@link #EXIT_USAGE} after one line about what the user has to change (also for a
 * name that is absent or exists already, and a pool that is another user's or of another version), and 130 after Ctrl-C.
 */
@Command(
        name = "arrow-shm",
        description = "Looks at pools of shared memory, verifies and cleans them.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all went well",
            "1:something is in use, full or damaged, or an invariant does not hold",
            "2:the user has to change something: an option, a name that is absent or exists already, a pool of another user"
                    + " or version",
            "130:ended by Ctrl-C"
        },
        version = "arrow-shm 0.1.0",
        subcommands = {
            ListCommand.class,
            WhoCommand.class,
            StatCommand.class,
            VerifyCommand.class,
            GarbageCollectCommand.class,
            RemoveCommand.class,
            MoveCommand.class,
            ClearCommand.class
        })
public final class Main implements Runnable {
    static final int EXIT_FAILURE = 1;
    static final int EXIT_USAGE = 2;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(run(arguments, writer(System.out), writer(System.err)));
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((failure, given) -> failed(err, failure, EXIT_USAGE))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (command.getParseResult().matchedOptionValue("--verbose", false)) {
                        failure.printStackTrace(err);
                    }
                    return failed(err, failure, exitStatus(failure));
                })
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()) + ", or --help");
    }

    private static int exitStatus(Exception failure) {
        if (failure instanceof ParameterException) {
            return EXIT_USAGE;
        }
        if (failure instanceof SharedMemoryException known) {
            return switch (known.kind()) {
                case ABSENT, ARGUMENT, EXISTS, NO_PERMISSION, WRONG_VERSION -> EXIT_USAGE;
                default -> EXIT_FAILURE;
            };
        }
        return EXIT_FAILURE;
    }

    private static int failed(PrintWriter err, Exception failure, int status) {
        String message = failure.getMessage();
        err.println("error: " + (message == null ? failure.toString() : message.replace('\n', ' ')));
        return status;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }
}
