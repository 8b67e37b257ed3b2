package io.arrowshm.load.internal;

/** Something in a file that no array or table can hold; the message says what it is. */
public final class UnsupportedContentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedContentException(String message) {
        super(message);
    }
}
