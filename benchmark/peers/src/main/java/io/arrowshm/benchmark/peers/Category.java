package io.arrowshm.benchmark.peers;

/** What a caller has before it hands arrays over, and what it gets. Only what is of one category does the same work. */
enum Category {
    /** Ordinary arrays, and others with the results, which may lie in shared memory. */
    ORDINARY("ordinary arrays"),
    /** Immutable arrays in shared memory, and others with the results. */
    SEALED("sealed arrays"),
    /** Arrays in shared memory, which the worker changes. */
    IN_PLACE("in place");

    private final String text;

    Category(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
