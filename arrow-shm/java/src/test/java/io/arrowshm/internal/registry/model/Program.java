package io.arrowshm.internal.registry.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What an actor does from rest to rest, step by step. A step accesses shared memory, a file or an OS lock once, and does
 * then what concerns its own process alone: nobody else can tell when. What locks a thread takes on entering a step is
 * part of that step, as nobody can see the lock either; all are given back at the end.
 *
 * <p>A loop around a compare-and-set of a pure function is one step: where it succeeds it acts on the word as it is then,
 * where it is refused it has read the word once. As two steps it is explored too, where the setting says so.
 */
final class Program {
    /** The step that follows. */
    static final String NEXT = "next";
    /** The step behind the one that follows: nothing is to be set. */
    private static final String SKIP = "skip";
    /** Nothing more is to be done. */
    static final String END = "end";
    /** Somebody else has a lock: the step cannot be taken now. */
    static final String BLOCKED = "blocked";

    /** Returns the name of the step that comes then. */
    interface Step {
        String run(Turn turn);
    }

    /** The next word, or {@code REFUSED}. */
    interface Transition {
        long apply(Turn turn, long word);
    }

    /** Returns the name of the step that comes after a transition. */
    interface Outcome {
        String of(Turn turn, boolean changed);
    }

    /** On what an actor at rest may run the program. */
    interface Choices {
        void offer(Turn turn, Choice choice);
    }

    interface Choice {
        void take(int slot, int wanted);
    }

    private final String name;
    private final Choices choices;
    private final boolean inTwoSteps;
    private final List<String> names = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    Program(String name, Choices choices, boolean inTwoSteps) {
        this.name = name;
        this.choices = choices;
        this.inTwoSteps = inTwoSteps;
    }

    Program step(String step, Step does) {
        if (names.contains(step)) {
            throw new IllegalArgumentException(name + " has two steps: " + step);
        }
        names.add(step);
        steps.add(does);
        return this;
    }

    /** A step that waits until it may be taken. */
    Program step(String step, Predicate<Turn> when, Step does) {
        return step(step, turn -> when.test(turn) ? does.run(turn) : BLOCKED);
    }

    /** {@code Slots.change}. */
    Program change(String step, Transition transition, Outcome outcome) {
        return change(step, turn -> true, Turn::slot, transition, outcome);
    }

    Program change(String step, Predicate<Turn> when, Transition transition, Outcome outcome) {
        return change(step, when, Turn::slot, transition, outcome);
    }

    Program change(
            String step, Predicate<Turn> when, ToIntFunction<Turn> slot, Transition transition, Outcome outcome) {
        if (!inTwoSteps) {
            return step(step, when, turn -> {
                int at = slot.applyAsInt(turn);
                long word = turn.state().word(at);
                return outcome.of(turn, turn.write(at, transition.apply(turn, word)));
            });
        }
        step(step, when, turn -> {
            long word = turn.state().word(slot.applyAsInt(turn));
            if (transition.apply(turn, word) == Turn.REFUSED) {
                String then = outcome.of(turn, false);
                return then.equals(NEXT) ? SKIP : then;
            }
            turn.state().setReadWord(turn.actor(), word);
            return NEXT;
        });
        return step(step + ", set", turn -> {
            int at = slot.applyAsInt(turn);
            long read = turn.state().readWord(turn.actor());
            if (turn.state().word(at) != read) {
                return step;
            }
            turn.state().setReadWord(turn.actor(), 0);
            return outcome.of(turn, turn.write(at, transition.apply(turn, read)));
        });
    }

    Choices choices() {
        return choices;
    }

    /** The name of the last step. */
    String last() {
        return names.get(names.size() - 1);
    }

    int size() {
        return steps.size();
    }

    String describe(int step) {
        return name + ": " + names.get(step);
    }

    String run(int step, Turn turn) {
        return steps.get(step).run(turn);
    }

    int indexOf(String step, int current) {
        int index = switch (step) {
            case NEXT -> current + 1;
            case SKIP -> current + 2;
            default -> names.indexOf(step);
        };
        if (index < 0 || index >= steps.size()) {
            throw new IllegalStateException(describe(current) + " goes to " + step + ", which is not there");
        }
        return index;
    }
}
