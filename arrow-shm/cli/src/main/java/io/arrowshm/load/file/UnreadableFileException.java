package io.arrowshm.load.file;

import org.jspecify.annotations.Nullable;

/**
 * A file that cannot be loaded as it is: missing, damaged, or of another format or shape than was asked for. The
 * message is one line that names the file, what was found, what is allowed and what to do; only the person who gave
 * the file can help, so it is never retried.
 */
public final class UnreadableFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreadableFileException(String file, String found, String allowed, String remedy) {
        this(file, found, allowed, remedy, null);
    }

    public UnreadableFileException(
            String file, String found, String allowed, String remedy, @Nullable Throwable cause) {
        super("%s: %s, allowed is %s: %s".formatted(file, found, allowed, remedy), cause);
    }
}
