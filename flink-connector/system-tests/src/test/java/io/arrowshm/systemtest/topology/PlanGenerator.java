package io.arrowshm.systemtest.topology;

import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import io.arrowshm.systemtest.topology.TopologyPlan.Port;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Makes a topology of a seed. */
final class PlanGenerator {
    private static final int MOST_PARALLELISM = 4;
    private static final int GROUPS = 3;
    private static final int FEWEST_RECORDS = 100;
    private static final int MOST_RECORDS = 500;
    private static final int FEWEST_OPERATORS = 3;
    private static final int MOST_OPERATORS = 12;
    private static final int MOST_SOURCES = 3;
    private static final int FEWEST_SENT = 200;
    private static final int MOST_TAKEN = 5_000;

    /** So little that senders wait for it. */
    private static final long LITTLE_CREDIT_BYTES = 1 << 20;
    /** More than a third of the records are smaller. */
    private static final long SMALLEST_REFERENCE_BYTES = 2 << 10;

    private static final List<NodeKind> BEHIND_SOURCES = Stream.of(NodeKind.values())
            .filter(kind -> kind != NodeKind.SOURCE && kind != NodeKind.SINK)
            .toList();

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Port> ports = new ArrayList<>();
    private final Set<Port> unread = new LinkedHashSet<>();

    private PlanGenerator(Random random) {
        this.random = random;
    }

    /** The first topology of the seed that sends something, and not too much. */
    static TopologyPlan generate(long seed) {
        Random random = new Random(seed);
        while (true) {
            TopologyPlan plan = new PlanGenerator(random).draft(seed);
            if (Oracle.evaluate(plan, MOST_TAKEN)
                    .filter(oracle -> oracle.sent() >= FEWEST_SENT)
                    .isPresent()) {
                return plan;
            }
        }
    }

    private TopologyPlan draft(long seed) {
        int operators = between(FEWEST_OPERATORS, MOST_OPERATORS);
        int sources = between(1, Math.min(MOST_SOURCES, operators - 1));
        for (int i = 0; i < operators; i++) {
            if (i < sources) {
                add(NodeKind.SOURCE, parallelism(), group(), between(FEWEST_RECORDS, MOST_RECORDS), List.of());
            } else {
                addBehind(kind());
            }
        }
        for (Port port : List.copyOf(unread)) {
            addSink(port);
        }
        return new TopologyPlan(
                seed,
                random.nextBoolean(),
                random.nextInt(3) == 0 ? LITTLE_CREDIT_BYTES : 0,
                random.nextInt(3) == 0 ? SMALLEST_REFERENCE_BYTES : 0,
                List.copyOf(nodes));
    }

    private NodeKind kind() {
        NodeKind kind = BEHIND_SOURCES.get(random.nextInt(BEHIND_SOURCES.size()));
        return kind.inputs() > ports.size() ? NodeKind.MAP : kind;
    }

    private void addBehind(NodeKind kind) {
        List<List<Port>> origins = new ArrayList<>();
        Set<Port> taken = new LinkedHashSet<>();
        for (int i = 0; i < kind.inputs(); i++) {
            origins.add(pick(kind.inputs() - 1 - i, taken));
        }
        addReading(kind, origins);
    }

    private void addSink(Port port) {
        addReading(NodeKind.SINK, List.of(List.of(port)));
    }

    private void addReading(NodeKind kind, List<List<Port>> origins) {
        int parallelism = parallelism();
        int group = group();
        List<Input> inputs = new ArrayList<>();
        for (List<Port> of : origins) {
            Input input = new Input(partitioning(kind, inputs, of, parallelism), List.copyOf(of));
            inputs.add(input);
            if (inputs.size() == 1 && (input.isChained() || input.partitioning() == Partitioning.FORWARD)) {
                parallelism = nodes.get(of.get(0).node()).parallelism();
            }
            group = input.isChained() ? -1 : group;
            unread.removeAll(of);
        }
        // What the connector puts in front of a window goes where the origins are.
        add(kind, parallelism, kind == NodeKind.WINDOW ? -1 : group, 0, inputs);
    }

    /** One origin, or several, that are not taken yet; rather ones that nobody reads so far. */
    private List<Port> pick(int leave, Set<Port> taken) {
        int most = ports.size() - taken.size() - leave;
        int number = random.nextInt(4) == 0 ? Math.min(most, between(2, 3)) : 1;
        List<Port> picked = new ArrayList<>();
        while (picked.size() < number) {
            List<Port> left =
                    ports.stream().filter(port -> !taken.contains(port)).toList();
            List<Port> fresh = left.stream().filter(unread::contains).toList();
            List<Port> from = fresh.isEmpty() || random.nextInt(3) == 0 ? left : fresh;
            Port port = from.get(random.nextInt(from.size()));
            taken.add(port);
            picked.add(port);
        }
        return picked;
    }

    private Partitioning partitioning(NodeKind kind, List<Input> before, List<Port> origins, int parallelism) {
        if (kind.isKeyed()) {
            return Partitioning.KEY;
        }
        List<Partitioning> allowed = new ArrayList<>(List.of(Partitioning.values()));
        allowed.remove(Partitioning.KEY);
        boolean alone = kind.inputs() == 1 && kind != NodeKind.BROADCAST_STATE;
        if (!alone) {
            allowed.remove(Partitioning.NONE);
        }
        List<Integer> parallelisms = origins.stream()
                .map(port -> nodes.get(port.node()).parallelism())
                .distinct()
                .toList();
        if (parallelisms.size() > 1 || (!before.isEmpty() && parallelisms.get(0) != parallelism)) {
            allowed.remove(Partitioning.FORWARD);
        }
        return allowed.get(random.nextInt(allowed.size()));
    }

    private void add(NodeKind kind, int parallelism, int group, int records, List<Input> inputs) {
        int index = nodes.size();
        nodes.add(
                new Node(index, kind, parallelism, group, records, new Logic(random.nextLong()), List.copyOf(inputs)));
        if (kind != NodeKind.SINK) {
            addPort(new Port(index, false));
        }
        if (kind == NodeKind.SIDE_OUTPUT) {
            addPort(new Port(index, true));
        }
    }

    private void addPort(Port port) {
        ports.add(port);
        unread.add(port);
    }

    private int parallelism() {
        return between(1, MOST_PARALLELISM);
    }

    private int group() {
        return random.nextInt(GROUPS);
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }
}
