package io.arrowshm.load;

/** Something in a file that no array or table can hold; the message says what it is. */
final class UnsupportedContentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedContentException(String message) {
        super(message);
    }
}
