package io.arrowshm.internal.registry.model;

/** A promise is broken in a state that can be reached. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
        super(message);
    }
}
