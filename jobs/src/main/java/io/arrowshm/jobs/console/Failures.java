package io.arrowshm.jobs.console;

import io.arrowshm.shm.load.UnreadableFileException;
import java.util.Optional;
import org.apache.flink.util.ExceptionUtils;

/** Finds, in whatever was thrown here or in a task, the one line that says what was wrong. */
public final class Failures {
    private Failures() {}

    /** The line for the person at the command line, if it is they who can help. */
    public static Optional<String> userError(Throwable failure) {
        return find(failure, UserErrorException.class)
                .or(() -> find(failure, UnreadableFileException.class))
                .map(Failures::line);
    }

    /** The line that says why, for everything else. */
    public static String reason(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return line(root);
    }

    private static String line(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getName()
                : message.lines().findFirst().orElse(message);
    }

    private static Optional<Throwable> find(Throwable failure, Class<? extends Throwable> type) {
        return ExceptionUtils.findSerializedThrowable(failure, type, Failures.class.getClassLoader())
                .map(found -> found);
    }
}
