package io.arrowshm.systemtest.topology;

/** How records get from the subtasks of the origins of an input to those of its node. */
enum Partitioning {
    /** None was asked for: in the same task if that is possible. */
    NONE,
    REBALANCE,
    SHUFFLE,
    FORWARD,
    RESCALE,
    GLOBAL,
    BROADCAST,
    CUSTOM,
    KEY
}
