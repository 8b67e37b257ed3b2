package io.arrowshm.benchmark.peers;

import org.jspecify.annotations.Nullable;

/** A contestant that could not be installed or run; the message is one line that says why. */
final class PeerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PeerFailedException(String message) {
        this(message, null);
    }

    PeerFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
