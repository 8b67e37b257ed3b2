package io.arrowshm.internal.registry.model;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.ShippedTransitions;
import java.util.Set;

/**
 * What the programs of a model are built for.
 *
 * @param fault that is seeded
 * @param slots of the pool
 */
record Setting(Fault fault, int slots, Set<Feature> features) {
    /** What a model does without has fewer steps and states. */
    enum Feature {
        SENDS,
        SHARES,
        NAMES,
        /** There is a request, and nobody else publishes. */
        REQUESTS,
        /** There are two names, which may point to one slot. */
        TWO_NAMES,
        /** Slots are lent: else none has the mark. */
        LENDS,
        /** Runtimes outside lend what a name says to themselves, or copy it without a lease. */
        READS_BY_NAME,
        /** Runtimes outside write what is shared and lent. */
        WRITES_OUTSIDE,
        /** A participant forks, and the child goes on writing: it is the only one outside. */
        FORKS,
        /** Slots move to other slabs. */
        MOVES,
        TWO_SWEEPERS,
        /** All participants but the first have their bits among the further holders. */
        FURTHER,
        /** All have. */
        ALL_FURTHER,
        /** Reading a word and setting it are steps of their own. */
        IN_TWO_STEPS
    }

    boolean has(Fault other) {
        return fault == other;
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }

    /** Whether any bit is among the further holders. */
    boolean hasFurther() {
        return has(Feature.FURTHER) || has(Feature.ALL_FURTHER);
    }

    /** The place of a process, also of one that only looks for further holders. */
    int place(int process) {
        boolean isInWord = !hasFurther() || (process == 0 && !has(Feature.ALL_FURTHER));
        return isInWord ? process : OwnershipWord.IN_WORD + process;
    }

    /** The word that a claim sets, which takes the mark of who looks for further holders away. */
    long claimed(long next, long word) {
        boolean keeps = has(Fault.CLAIM_LEAVES_THE_MARK_OF_WHO_LOOKS)
                && next != ShippedTransitions.REFUSED
                && OwnershipWord.further(word) != OwnershipWord.NONE;
        return keeps ? OwnershipWord.withFurther(next, OwnershipWord.further(word)) : next;
    }

    Program program(String name, Program.Choices choices) {
        return new Program(name, choices, has(Feature.IN_TWO_STEPS));
    }

    /** For an actor at rest without a handle: any slot. */
    Program.Choices anySlot() {
        return (turn, choice) -> {
            for (int slot = 0; slot < slots && !turn.isHolding(); slot++) {
                choice.take(slot, 0);
            }
        };
    }

    /** The same, as often as it may happen. */
    Program.Choices anySlot(State.Of budget) {
        return within(budget, anySlot());
    }

    /** For an actor at rest with a handle: its slot. */
    static Program.Choices holding() {
        return (turn, choice) -> {
            if (turn.isHolding()) {
                choice.take(turn.slot(), 0);
            }
        };
    }

    /** The same, as often as it may happen. */
    static Program.Choices holding(State.Of budget) {
        return within(budget, holding());
    }

    /** For an actor at rest without a handle: each generation in a set of the slot's. */
    Program.Choices anyOf(State.OfSlot generations) {
        return (turn, choice) -> {
            for (int slot = 0; slot < slots && !turn.isHolding(); slot++) {
                for (int set = turn.state().get(generations, slot); set != 0; set &= set - 1) {
                    choice.take(slot, Integer.numberOfTrailingZeros(set));
                }
            }
        };
    }

    private static Program.Choices within(State.Of budget, Program.Choices choices) {
        return (turn, choice) -> {
            if (turn.state().get(budget) > 0) {
                choices.offer(turn, choice);
            }
        };
    }
}
