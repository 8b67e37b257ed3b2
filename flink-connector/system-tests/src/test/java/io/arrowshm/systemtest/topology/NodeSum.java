package io.arrowshm.systemtest.topology;

/** What all subtasks of a node have got, in whatever order. */
record NodeSum(long records, long checksum) {
    static final NodeSum NOTHING = new NodeSum(0, 0);

    NodeSum plus(NodeSum other) {
        return new NodeSum(records + other.records, checksum + other.checksum);
    }

    /** One more record. */
    NodeSum plusRecord(long digest) {
        return new NodeSum(records + 1, checksum + digest);
    }
}
