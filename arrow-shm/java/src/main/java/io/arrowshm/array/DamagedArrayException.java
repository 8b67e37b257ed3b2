package io.arrowshm.array;

/** Bytes that are no array; the opener adds the memory's name. */
final class DamagedArrayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param offset from the start of the memory, where the damage is */
    DamagedArrayException(long offset, String reason) {
        super("at offset " + offset + ": " + reason);
    }
}
