package io.arrowshm.console;

import org.jspecify.annotations.Nullable;

/**
 * Something that only the person at the command line can put right. The message is the one line that is printed; the
 * exit status is 2. May also be thrown in a task, in which case it is found in the job's failure.
 */
public final class UserErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserErrorException(String message) {
        this(message, null);
    }

    public UserErrorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
