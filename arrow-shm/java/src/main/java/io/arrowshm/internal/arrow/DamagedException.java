package io.arrowshm.internal.arrow;

/** Bytes that are not what they claim to be; the opener adds the segment's name. */
final class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
        super(message);
    }
}
