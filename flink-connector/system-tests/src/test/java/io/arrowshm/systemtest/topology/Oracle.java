package io.arrowshm.systemtest.topology;

import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import io.arrowshm.systemtest.topology.TopologyPlan.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What every node of a topology must get, reckoned without Flink. */
final class Oracle {
    private final Map<Port, List<Event>> outputs = new HashMap<>();
    private final Map<Integer, List<Event>> inspected = new TreeMap<>();
    private long sent;
    private long taken;

    private Oracle() {}

    /** Empty if all nodes together would get more records than so many. */
    static Optional<Oracle> evaluate(TopologyPlan plan, long mostTaken) {
        Oracle oracle = new Oracle();
        for (Node node : plan.nodes()) {
            for (Input input : node.inputs()) {
                long arriving = oracle.arriving(input, node.parallelism());
                oracle.taken += arriving;
                oracle.sent += input.isChained() ? 0 : arriving;
            }
            if (oracle.taken > mostTaken) {
                return Optional.empty();
            }
            oracle.evaluate(node);
        }
        return Optional.of(oracle);
    }

    /** By index of the node, for all nodes that get records; takes the digest of each. */
    Map<Integer, NodeSum> sums() {
        Map<Integer, NodeSum> sums = new TreeMap<>();
        inspected.forEach((node, events) -> {
            NodeSum sum = NodeSum.NOTHING;
            for (Event event : events) {
                sum = sum.plusRecord(Words.digest(event.first));
            }
            sums.put(node, sum);
        });
        return sums;
    }

    /** Records that cross edges of the connector, each as often as there are receivers of it. */
    long sent() {
        return sent;
    }

    /** Records that all nodes together get. */
    long taken() {
        return taken;
    }

    private void evaluate(Node node) {
        List<List<Event>> inputs = node.inputs().stream()
                .map(input -> events(input, node.parallelism()))
                .toList();
        Outputs out = new Outputs(new ArrayList<>(), new ArrayList<>());
        Logic logic = node.logic();
        List<Event> got = inputs.stream().flatMap(List::stream).toList();
        switch (node.kind()) {
            case SOURCE -> {
                for (int number = 0; number < node.records(); number++) {
                    out.main.add(new Event(logic.made(number, 0), number));
                }
            }
            case MAP -> got.forEach(event -> out.main.add(event.with(logic.made(event.first, 0))));
            case FILTER -> passSome(logic, got, out);
            case FLAT_MAP -> {
                passSome(logic, got, out);
                for (Event event : got) {
                    for (int i = 0; i < logic.further(event.first); i++) {
                        out.main.add(event.with(logic.made(event.first, i)));
                    }
                }
            }
            case SIDE_OUTPUT -> {
                passSome(logic, got, out);
                got.stream().filter(event -> logic.passesAtTheSide(event.first)).forEach(out.side::add);
            }
            case KEYED -> {
                passSome(logic, got, out);
                byKey(logic, got).forEach((key, events) -> {
                    out.atEnd(logic.summary(key, events.size(), sum(events)));
                    out.atEnd(largest(events));
                });
            }
            case WINDOW -> got = windows(logic, got, out);
            case CO_PROCESS -> {
                inputs.get(0).forEach(event -> out.main.add(event.with(logic.made(event.first, 0))));
                passSome(logic, inputs.get(1), out);
            }
            case KEYED_CO_PROCESS -> {
                passSome(logic, inputs.get(0), out);
                Map<Long, List<Event>> first = byKey(logic, inputs.get(0));
                Map<Long, List<Event>> second = byKey(logic, inputs.get(1));
                byKey(logic, got).keySet().forEach(key -> {
                    List<Event> ones = first.getOrDefault(key, List.of());
                    List<Event> others = second.getOrDefault(key, List.of());
                    out.atEnd(logic.summary(key, ones.size(), sum(ones), others.size(), sum(others)));
                });
            }
            case BROADCAST_STATE -> {
                passSome(logic, got, out);
                for (int element = 0; element < TopologyPlan.BROADCAST_ELEMENTS; element++) {
                    for (int subtask = 0; subtask < node.parallelism(); subtask++) {
                        out.main.add(new Event(logic.made(element, 0), element));
                    }
                }
            }
            case KEYED_BROADCAST_STATE -> {
                passSome(logic, got, out);
                long elements = (long) TopologyPlan.BROADCAST_ELEMENTS * (TopologyPlan.BROADCAST_ELEMENTS - 1) / 2;
                byKey(logic, got)
                        .forEach((key, events) -> out.atEnd(logic.summary(key, events.size(), sum(events), elements)));
            }
            case SINK -> {}
        }
        outputs.put(new Port(node.index(), false), out.main);
        outputs.put(new Port(node.index(), true), out.side);
        if (node.kind() != NodeKind.SOURCE) {
            inspected.put(node.index(), got);
        }
    }

    private long arriving(Input input, int receivers) {
        long sizes = input.origins().stream()
                .mapToLong(origin -> outputs.get(origin).size())
                .sum();
        return sizes * copies(input, receivers);
    }

    private List<Event> events(Input input, int receivers) {
        List<Event> events = new ArrayList<>();
        for (Port origin : input.origins()) {
            for (int i = copies(input, receivers); i > 0; i--) {
                events.addAll(outputs.get(origin));
            }
        }
        return events;
    }

    private static int copies(Input input, int receivers) {
        return input.partitioning() == Partitioning.BROADCAST ? receivers : 1;
    }

    /** The largest record of each window, which is what the function behind the window gets. */
    private static List<Event> windows(Logic logic, List<Event> events, Outputs out) {
        List<Event> fired = new ArrayList<>();
        byKey(logic, events).forEach((key, ofKey) -> {
            Map<Long, List<Event>> windows = new TreeMap<>();
            for (Event event : ofKey) {
                windows.computeIfAbsent(Logic.windowStart(event.timestamp), start -> new ArrayList<>())
                        .add(event);
            }
            windows.forEach((start, ofWindow) -> {
                Event largest = new Event(largest(ofWindow), start + Logic.WINDOW - 1);
                fired.add(largest);
                out.main.add(largest);
                out.main.add(largest.with(logic.summary(key, start, largest.first)));
            });
        });
        return fired;
    }

    private static void passSome(Logic logic, List<Event> events, Outputs out) {
        events.stream().filter(event -> logic.passes(event.first)).forEach(out.main::add);
    }

    private static Map<Long, List<Event>> byKey(Logic logic, List<Event> events) {
        Map<Long, List<Event>> keys = new TreeMap<>();
        for (Event event : events) {
            keys.computeIfAbsent(logic.key(event.first), key -> new ArrayList<>())
                    .add(event);
        }
        return keys;
    }

    private static long sum(List<Event> events) {
        return events.stream().mapToLong(Event::first).sum();
    }

    private static long largest(List<Event> events) {
        return events.stream().mapToLong(Event::first).max().orElseThrow();
    }

    private record Event(long first, long timestamp) {
        Event with(long other) {
            return new Event(other, timestamp);
        }
    }

    private record Outputs(List<Event> main, List<Event> side) {
        void atEnd(long first) {
            main.add(new Event(first, Logic.END));
        }
    }
}
