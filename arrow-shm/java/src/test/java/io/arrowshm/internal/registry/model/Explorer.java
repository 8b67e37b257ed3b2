package io.arrowshm.internal.registry.model;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * Walks, breadth first, every state that a model can reach, and checks the properties in each. Then that nobody waits for
 * ever: from every state in which all participants live, some order of steps without a death brings every actor to rest.
 */
final class Explorer {
    private final Model model;
    private final StateSet seen = new StateSet();
    /** The state from which each was reached first. */
    private int[] parents = new int[1 << 10];
    /** Edges without a death, as pairs (from, to). */
    private int[] edges = new int[1 << 12];

    private int edgeInts;

    Explorer(Model model) {
        this.model = model;
    }

    /**
     * Returns the number of states.
     *
     * @throws Violation the first, with a shortest way to it
     */
    int explore() {
        add(model.start(), 0, "nobody", "has done anything", true);
        for (int number = 0; number < seen.size(); number++) {
            int from = number;
            State state = State.of(model, seen.get(number));
            try {
                model.successors(state, (next, actor, step, isDeath) -> add(next, from, actor, step, isDeath));
            } catch (Violation e) {
                throw new Violation(e.getMessage() + way(from));
            }
        }
        checkThatAllComeToRest();
        return seen.size();
    }

    private void add(State state, int from, String actor, String step, boolean isDeath) {
        int before = seen.size();
        int number = seen.add(state.bytes());
        if (number == before) {
            parents = number == parents.length ? Arrays.copyOf(parents, number * 2) : parents;
            parents[number] = from;
            try {
                Properties.check(model, state);
            } catch (Violation e) {
                throw new Violation(e.getMessage() + "\n  last: " + actor + ' ' + step);
            }
        }
        if (!isDeath) {
            edges = edgeInts == edges.length ? Arrays.copyOf(edges, edgeInts * 2) : edges;
            edges[edgeInts++] = from;
            edges[edgeInts++] = number;
        }
    }

    private void checkThatAllComeToRest() {
        int[] firstOf = new int[seen.size() + 1];
        for (int edge = 0; edge < edgeInts; edge += 2) {
            firstOf[edges[edge + 1] + 1]++;
        }
        for (int number = 0; number < seen.size(); number++) {
            firstOf[number + 1] += firstOf[number];
        }
        int[] sources = new int[edgeInts / 2];
        int[] filled = firstOf.clone();
        for (int edge = 0; edge < edgeInts; edge += 2) {
            sources[filled[edges[edge + 1]]++] = edges[edge];
        }
        BitSet comesToRest = new BitSet(seen.size());
        Deque<Integer> open = new ArrayDeque<>();
        for (int number = 0; number < seen.size(); number++) {
            if (model.isAtRest(State.of(model, seen.get(number)))) {
                comesToRest.set(number);
                open.add(number);
            }
        }
        while (!open.isEmpty()) {
            int number = open.remove();
            for (int i = firstOf[number]; i < firstOf[number + 1]; i++) {
                if (!comesToRest.get(sources[i])) {
                    comesToRest.set(sources[i]);
                    open.add(sources[i]);
                }
            }
        }
        for (int number = 0; number < seen.size(); number++) {
            if (!comesToRest.get(number) && model.allLive(State.of(model, seen.get(number)))) {
                throw new Violation("somebody waits for ever" + way(number));
            }
        }
    }

    private String way(int to) {
        if (to == 0) {
            return "\n  before:";
        }
        int from = parents[to];
        StringBuilder way = new StringBuilder(way(from));
        byte[] wanted = seen.get(to);
        boolean[] found = new boolean[1];
        model.successors(State.of(model, seen.get(from)), (next, actor, step, isDeath) -> {
            if (!found[0] && Arrays.equals(next.bytes(), wanted)) {
                found[0] = true;
                way.append("\n  ").append(actor).append(' ').append(step);
            }
        });
        return way.toString();
    }
}
