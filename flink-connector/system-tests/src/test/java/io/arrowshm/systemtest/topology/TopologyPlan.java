package io.arrowshm.systemtest.topology;

import java.util.List;

/**
 * A job graph, to be built over whatever exchange.
 *
 * @param seed that it was made from
 * @param creditBytes of each edge; 0 for the default
 * @param smallestReferenceBytes below which records go by value
 * @param nodes every node behind those that it reads
 */
record TopologyPlan(long seed, boolean objectReuse, long creditBytes, long smallestReferenceBytes, List<Node> nodes) {
    /** Elements that are broadcast to a node with broadcast state. */
    static final int BROADCAST_ELEMENTS = 5;

    /**
     * @param index in the plan
     * @param group of slots, by number; -1 for that of the node's origins
     * @param records of a source
     */
    record Node(int index, NodeKind kind, int parallelism, int group, int records, Logic logic, List<Input> inputs) {
        @Override
        public String toString() {
            return index + " " + kind + " x" + parallelism + " group " + group + (records > 0 ? " " + records : "")
                    + " " + inputs;
        }
    }

    /** @param origins two or more are a union */
    record Input(Partitioning partitioning, List<Port> origins) {
        /** Whether the connector has no edge there: the node runs in its origin's task. */
        boolean isChained() {
            return partitioning == Partitioning.NONE && origins.size() == 1;
        }
    }

    /** An output of a node. */
    record Port(int node, boolean side) {}

    int edges() {
        return nodes.stream()
                .flatMap(node -> node.inputs().stream())
                .mapToInt(input -> input.origins().size())
                .sum();
    }

    /** Nodes that are no sinks. */
    int operators() {
        return (int) nodes.stream().filter(node -> node.kind() != NodeKind.SINK).count();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed=" + seed + " objectReuse=" + objectReuse + " creditBytes="
                + creditBytes + " smallestReferenceBytes=" + smallestReferenceBytes);
        nodes.forEach(node -> text.append("\n  ").append(node));
        return text.toString();
    }
}
