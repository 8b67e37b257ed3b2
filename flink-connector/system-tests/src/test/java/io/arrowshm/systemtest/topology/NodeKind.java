package io.arrowshm.systemtest.topology;

/** What a node of a topology does. */
enum NodeKind {
    SOURCE(0, false),
    MAP(1, false),
    FILTER(1, false),
    FLAT_MAP(1, false),
    SIDE_OUTPUT(1, false),
    /** Keyed state, also of a whole record, that a timer emits at the end. */
    KEYED(1, true),
    /** An event-time window of Flink's own over copies. */
    WINDOW(1, true),
    CO_PROCESS(2, false),
    /** Keyed state over two inputs, that a timer emits at the end. */
    KEYED_CO_PROCESS(2, true),
    /** Broadcast state beside records. */
    BROADCAST_STATE(1, false),
    /** Broadcast and keyed state together, that a timer emits at the end. */
    KEYED_BROADCAST_STATE(1, true),
    SINK(1, false);

    private final int inputs;
    private final boolean keyed;

    NodeKind(int inputs, boolean keyed) {
        this.inputs = inputs;
        this.keyed = keyed;
    }

    /** Of records; what is broadcast comes beside these. */
    int inputs() {
        return inputs;
    }

    boolean isKeyed() {
        return keyed;
    }
}
