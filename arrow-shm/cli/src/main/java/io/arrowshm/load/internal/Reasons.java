package io.arrowshm.load.internal;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.file.UnreadableFileException;
import java.io.UncheckedIOException;

/** Why something cannot be read, in one line for people. Stateless. */
public final class Reasons {
    private static final int MOST_CHARACTERS = 300;

    private Reasons() {}

    /** The innermost reason: what is around it says where, which is known. */
    public static String of(Throwable failure) {
        if (failure instanceof SharedMemoryException || failure instanceof UnreadableFileException) {
            return shortened(String.valueOf(failure.getMessage()));
        }
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        if (cause instanceof OutOfMemoryError) {
            return "it is damaged, or needs more heap than there is: give the JVM more with -Xmx";
        }
        if (cause instanceof StackOverflowError) {
            return "it is damaged: what it is made of lies in itself";
        }
        String message = cause.getMessage();
        boolean says = message != null
                && !message.isBlank()
                && (cause instanceof UnsupportedContentException || !(cause instanceof UncheckedIOException));
        String name = cause.getClass().getSimpleName();
        if (!says) {
            return "it is damaged (" + name + ")";
        }
        return shortened(
                cause instanceof UnsupportedContentException ? String.valueOf(message) : name + ": " + message);
    }

    private static String shortened(String text) {
        String line = text.replace('\n', ' ');
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "...";
    }
}
