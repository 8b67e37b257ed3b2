package io.arrowshm.console;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Finds, in whatever was thrown, the one line that says what was wrong. */
public final class Failures {
    private final UnaryOperator<Throwable> original;
    private final Function<Throwable, OptionalInt> exitStatus;

    /**
     * @param original gives what a failure stands for, where failures travel between processes; else the failure itself
     * @param exitStatus with what a command ends for a failure whose message is written for people; empty for any other
     *     failure, and needless for {@link UserErrorException}
     */
    public Failures(UnaryOperator<Throwable> original, Function<Throwable, OptionalInt> exitStatus) {
        this.original = original;
        this.exitStatus = exitStatus;
    }

    /** Failures of this process, in which only a {@link UserErrorException} is the user's. */
    public static Failures ofThisProcess() {
        return of(UnaryOperator.identity(), List.of());
    }

    /**
     * Failures of which some types are the user's.
     *
     * @param original as for the constructor
     * @param userErrors what, beside {@link UserErrorException}, only the person at the command line can put right
     */
    public static Failures of(UnaryOperator<Throwable> original, List<Class<? extends Throwable>> userErrors) {
        return new Failures(
                original,
                failure -> userErrors.stream().anyMatch(type -> type.isInstance(failure))
                        ? OptionalInt.of(Console.EXIT_USAGE)
                        : OptionalInt.empty());
    }

    /** What to print, and with what to end. */
    record Explained(int status, String line) {}

    /** The outermost failure whose message is written for people. */
    Optional<Explained> explained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            cause = original.apply(cause);
            OptionalInt status =
                    cause instanceof UserErrorException ? OptionalInt.of(Console.EXIT_USAGE) : exitStatus.apply(cause);
            if (status.isPresent()) {
                return Optional.of(new Explained(status.getAsInt(), oneLine(message(cause))));
            }
        }
        return Optional.empty();
    }

    /** The line for the person at the command line, if it is they who can help. */
    public Optional<String> userError(Throwable failure) {
        return explained(failure)
                .filter(explained -> explained.status() == Console.EXIT_USAGE)
                .map(Explained::line);
    }

    /** The line that says why, for everything else. */
    public static String reason(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        String message = message(root);
        return message.lines().findFirst().orElse(message);
    }

    static String oneLine(String message) {
        return message.replace('\n', ' ');
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getName() : message;
    }
}
