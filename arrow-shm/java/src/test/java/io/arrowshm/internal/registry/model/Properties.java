package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.NONE;
import static io.arrowshm.internal.layout.OwnershipWord.ORPHAN;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.SOME;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.further;
import static io.arrowshm.internal.layout.OwnershipWord.holders;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.state;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfProcess;
import io.arrowshm.internal.registry.model.State.OfSlot;

/** What is promised of every state and of every change of a word. */
final class Properties {
    private Properties() {}

    static void check(Model model, State state) {
        for (int slot = 0; slot < model.slots(); slot++) {
            checkSlot(state, slot);
            checkLength(state, slot);
            checkNameCount(state, slot);
            checkNothingIsLost(model, state, slot);
            checkFurtherHolders(model, state, slot);
            checkLent(model, state, slot);
        }
        checkRequest(model, state);
        for (int actor = 0; actor < model.actors(); actor++) {
            int handle = state.get(OfActor.HANDLE, actor);
            if (handle != 0 && model.actor(actor).process() < model.participants()) {
                checkHandle(model, state, actor, handle);
            } else if (handle != 0) {
                int slot = state.get(OfActor.SLOT, actor);
                require(
                        state.get(OfSlot.BYTES, slot) == handle,
                        state,
                        slot,
                        model.actor(actor).name() + " reads generation " + handle
                                + " under a lease, its bytes are gone");
                require(
                        state.get(OfActor.WRITABLE, actor) == 0 || state(state.word(slot)) != SEALED,
                        state,
                        slot,
                        model.actor(actor).name() + " may write what is sealed");
            }
        }
        for (int name = 0; name < NamePrograms.NAMES; name++) {
            checkName(state, name);
        }
    }

    /** Also keeps what the properties have to know of the past. */
    static void checkChange(State state, int slot, long old, long next) {
        int from = state(old);
        int to = state(next);
        boolean gained = (holders(next) & ~holders(old)) != 0 || (further(next) == SOME && further(old) != SOME);
        require(from != FREE || to != FREE, state, slot, "freed when it was free");
        require(
                from != SEALED || to == SEALED || to == FREE,
                state,
                slot,
                "what was sealed is neither sealed nor free");
        require(from != ORPHAN || to == ORPHAN || to == FREE, state, slot, "an orphan is used again");
        require(from != ORPHAN || !gained, state, slot, "an orphan is opened");
        boolean isShown = from == BUILDING && (to == SEALED || to == MUTABLE);
        int known = isShown ? state.get(OfSlot.LENGTH, slot) : state.get(OfSlot.KNOWN_LENGTH, slot);
        state.set(OfSlot.KNOWN_LENGTH, slot, to == FREE ? 0 : known);
    }

    private static void checkSlot(State state, int slot) {
        long word = state.word(slot);
        boolean nobodys = state(word) == FREE || state(word) == UNBACKED;
        require(!nobodys || isUnclaimed(word), state, slot, "free and claimed");
        require(nobodys || !isUnclaimed(word), state, slot, "claimed by nobody and not free");
        require(
                state(word) == UNBACKED || state.get(OfSlot.BACKED, slot) == 1,
                state,
                slot,
                "may be used and has no memory: touching it kills a process");
        require(
                (word & FOREIGN) == 0 || state.get(Of.EVER_LENT) == 1,
                state,
                slot,
                "lent, and the flag that makes anybody look for it is not set");
    }

    /** What a reader without a lease accepts. */
    static void checkCopy(State state, int slot, int generation, int bytes) {
        require(
                bytes == generation,
                state,
                slot,
                "a copy of generation " + generation + " has bytes of generation " + bytes);
    }

    private static void checkRequest(Model model, State state) {
        if (!model.setting().has(Feature.REQUESTS)) {
            return;
        }
        int times = state.get(Of.TIMES_PUBLISHED);
        requireOfRequest(times <= 1, state, "carried out " + times + " times");
        requireOfRequest(
                state.get(Of.REQUEST_FILE) == 1 || times == 1, state, "its file is gone and nothing was published");
        requireOfRequest(state.get(Of.ANSWERED) == 0 || times == 1, state, "answered and nothing was published");
        requireOfRequest(
                state.get(Of.REQUEST) == 1 || state.get(Of.DECIDED_SLOT) != 0 || state.get(Of.ANSWERED) == 1,
                state,
                "gone and not answered");
    }

    private static void requireOfRequest(boolean holds, State state, String otherwise) {
        if (!holds) {
            throw new Violation("the request is " + otherwise + ": " + state.describe(0));
        }
    }

    private static void checkName(State state, int name) {
        int slot = NamePrograms.slot(state, name) - 1;
        if (slot >= 0) {
            int generation = NamePrograms.generation(state, name);
            boolean holds = (state.word(slot) & NAMED) != 0 && state.get(OfSlot.GENERATION, slot) == generation;
            require(holds, state, slot, "a name's file points to generation " + generation + ", which no name holds");
        }
    }

    /** Too many may be counted after a death, never too few: so a name that goes never takes another one's bit. */
    private static void checkNameCount(State state, int slot) {
        int counted = state.get(OfSlot.NAMES, slot);
        require(
                counted == 0 || (state.word(slot) & NAMED) != 0,
                state,
                slot,
                "names are counted of what no name holds: whoever uses the slot next has them, too");
        require(counted >= NamePrograms.names(state, slot), state, slot, "fewer names are counted than there are");
    }

    private static void checkLength(State state, int slot) {
        int known = state.get(OfSlot.KNOWN_LENGTH, slot);
        require(known == 0 || state.get(OfSlot.LENGTH, slot) == known, state, slot, "its length has changed");
    }

    private static void checkHandle(Model model, State state, int actor, int handle) {
        int slot = state.get(OfActor.SLOT, actor);
        long word = state.word(slot);
        String who = model.actor(actor).name() + " has a handle on generation " + handle;
        boolean own = state.holds(slot, model.actor(actor).process()) && state.get(OfSlot.GENERATION, slot) == handle;
        require(own, state, slot, who + ", which it does not hold");
        require(state.get(OfSlot.BYTES, slot) == handle, state, slot, who + " and sees other bytes");
        require(
                state.get(OfActor.SLAB, actor) == state.get(OfSlot.SLAB, slot),
                state,
                slot,
                who + " and touches another slab");
        require(
                state.get(OfActor.WRITABLE, actor) == 0 || state(word) != SEALED,
                state,
                slot,
                who + " and may write what is sealed");
    }

    /** If every process died now, would the sweeps bring the slot back? Only a name outlives all. */
    private static void checkNothingIsLost(Model model, State state, int slot) {
        long word = state.word(slot);
        int further = state.get(OfSlot.FURTHER, slot);
        boolean isReaped = false;
        for (int participant = 0; participant < model.participants(); participant++) {
            if (state.get(OfProcess.MARKED, participant) == 1) {
                word = orSame(
                        word, ShippedTransitions.release(word, model.setting().place(participant)));
                further &= ~(1 << participant);
                isReaped = true;
            }
        }
        if (isReaped && further == 0) {
            int reaper = model.setting().place(0);
            word = orSame(
                    word, ShippedTransitions.noneLeft(orSame(word, ShippedTransitions.look(word, reaper)), reaper));
        }
        if (state.get(Of.EPOCH_USED) == 1) {
            word = orSame(word, ShippedTransitions.voidEpoch(word, OwnershipPrograms.EPOCH));
        }
        boolean isNamed = NamePrograms.names(state, slot) > 0;
        if (!isNamed && !model.setting().has(Fault.NO_REPAIR_OF_NAMES)) {
            word = orSame(word, ShippedTransitions.unname(word));
        }
        word = orSame(word, ShippedTransitions.returnLent(word));
        if (state(word) != FREE && state(word) != UNBACKED && !isNamed) {
            throw new Violation("lost after all have died and were swept, then " + OwnershipWord.toString(word) + ": "
                    + state.describe(slot));
        }
    }

    /** Whoever gives up the last hold there says so before it rests, or is dead and will be reaped. */
    private static void checkFurtherHolders(Model model, State state, int slot) {
        boolean isDue = state.get(OfSlot.FURTHER, slot) == 0 && further(state.word(slot)) != NONE;
        require(
                !isDue || !model.isAtRest(state),
                state,
                slot,
                "none of the further holders is left and nobody is about to say so");
    }

    /** Who seals takes back that it was lent, and lends it again before it rests, unless it dies. */
    private static void checkLent(Model model, State state, int slot) {
        long word = state.word(slot);
        boolean isTold = (state.get(OfSlot.TOLD, slot) & 1 << state.get(OfSlot.GENERATION, slot)) != 0;
        boolean isReadable = state(word) == SEALED || state(word) == MUTABLE;
        require(
                !isTold || !isReadable || (word & FOREIGN) != 0 || !model.isFirstLife(state) || !model.isAtRest(state),
                state,
                slot,
                "somebody outside was told of it, nobody has died, and it is lent no more");
    }

    private static long orSame(long word, long next) {
        return next == Turn.REFUSED ? word : next;
    }

    private static void require(boolean holds, State state, int slot, String otherwise) {
        if (!holds) {
            throw new Violation(otherwise + ": " + state.describe(slot));
        }
    }
}
