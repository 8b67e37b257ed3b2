package io.arrowshm.console;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds, in whatever was thrown, the one line that says what was wrong. */
public final class Failures {
    private final UnaryOperator<Throwable> original;
    private final List<Class<? extends Throwable>> userErrors;

    /**
     * @param original gives what a failure stands for, where failures travel between processes; else the failure itself
     * @param userErrors what, beside {@link UserErrorException}, only the person at the command line can put right
     */
    public Failures(UnaryOperator<Throwable> original, List<Class<? extends Throwable>> userErrors) {
        this.original = original;
        this.userErrors = userErrors;
    }

    /** Failures of this process, in which only a {@link UserErrorException} is the user's. */
    public static Failures ofThisProcess() {
        return new Failures(UnaryOperator.identity(), List.of());
    }

    /** The line for the person at the command line, if it is they who can help. */
    public Optional<String> userError(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            cause = original.apply(cause);
            if (isUserError(cause)) {
                return Optional.of(line(cause));
            }
        }
        return Optional.empty();
    }

    /** The line that says why, for everything else. */
    public static String reason(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return line(root);
    }

    private boolean isUserError(Throwable failure) {
        return failure instanceof UserErrorException || userErrors.stream().anyMatch(type -> type.isInstance(failure));
    }

    private static String line(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getName()
                : message.lines().findFirst().orElse(message);
    }
}
