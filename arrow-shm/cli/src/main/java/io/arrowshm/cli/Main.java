package io.arrowshm.cli;

import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.file.UnreadableFileException;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The entry point of {@code arrow-shm}; {@link Console} says how it ends. A name that is absent or exists already, and a
 * pool that is another user's or of another version, are the user's to change.
 */
@Command(
        name = "arrow-shm",
        description =
                "Loads files into shared memory; looks at pools, waits for what happens in them, verifies and cleans them.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all went well",
            "1:something is in use, full or damaged, or an invariant does not hold",
            "2:the user has to change something: an option, a file, a name that is absent or exists already, a pool of another user"
                    + " or version",
            "130:ended by Ctrl-C"
        },
        subcommands = {
            ListCommand.class,
            LoadCommand.class,
            ExportCommand.class,
            ShowCommand.class,
            WhoCommand.class,
            StatCommand.class,
            WatchCommand.class,
            WaitCommand.class,
            VerifyCommand.class,
            GarbageCollectCommand.class,
            RemoveCommand.class,
            MoveCommand.class,
            ClearCommand.class
        })
public final class Main implements Runnable {
    /** What a pool's own exceptions mean for the person at the command line. */
    private static final Failures FAILURES = new Failures(UnaryOperator.identity(), Main::exitStatus);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] arguments) {
        new Console(FAILURES).main(new Main(), arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: " + String.join(", ", spec.subcommands().keySet()) + ", or --help");
    }

    private static OptionalInt exitStatus(Throwable failure) {
        if (failure instanceof SharedMemoryException known) {
            return switch (known.kind()) {
                case ABSENT, ARGUMENT, EXISTS, NO_PERMISSION, WRONG_VERSION -> OptionalInt.of(Console.EXIT_USAGE);
                default -> OptionalInt.of(Console.EXIT_FAILURE);
            };
        }
        return failure instanceof UnreadableFileException ? OptionalInt.of(Console.EXIT_USAGE) : OptionalInt.empty();
    }
}
