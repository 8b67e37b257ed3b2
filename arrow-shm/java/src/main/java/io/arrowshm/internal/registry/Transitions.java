package io.arrowshm.internal.registry;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MAX_IN_FLIGHT;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.NONE;
import static io.arrowshm.internal.layout.OwnershipWord.ORPHAN;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.SOME;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.further;
import static io.arrowshm.internal.layout.OwnershipWord.holderBit;
import static io.arrowshm.internal.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.internal.layout.OwnershipWord.isInWord;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.lookedAtBy;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.layout.OwnershipWord.withFurther;

/**
 * The ownership protocol: every step as a function from the word that was read to the word to be set by one
 * compare-and-set, or {@link #REFUSED} where its precondition does not hold. Pure, so that it can be checked
 * exhaustively; {@link Ownership} applies it to the shared word.
 *
 * <p>A participant that has no bit in the word sets its bit among the further holders before a step that gives it a hold,
 * and clears it to give the hold up; whoever has cleared one then looks whether any is left. Nobody can claim anything
 * there unnoticed by who looks, since that takes the mark away which it has set before it looked: so it knows, at the
 * instant of its own last step, that there is still none.
 */
final class Transitions {
    /** No word looks like this: state 7 does not exist. */
    static final long REFUSED = -1;

    private Transitions() {}

    static long back(long word) {
        return state(word) == UNBACKED ? of(FREE, NONE, 0, 0, 0) : REFUSED;
    }

    /**
     * By who has allocated it for this and has seen that nobody outside reads it: the memory can be taken away. Its bit among
     * the further holders is then to be cleared.
     */
    static long unback(long word, int participant) {
        return isAllocatedBy(word, participant) ? of(UNBACKED, NONE, 0, 0, 0) : REFUSED;
    }

    /** The memory behind the slot was written by somebody else: it is as if this participant had built it. */
    static long adopt(long word, int participant) {
        return state(word) == UNBACKED ? building(participant) : REFUSED;
    }

    static long allocate(long word, int participant) {
        return state(word) == FREE ? building(participant) : REFUSED;
    }

    /** The builder lets others write as well. */
    static long share(long word, int participant) {
        return state(word) == BUILDING && isHeldBy(word, participant) ? withState(word, MUTABLE) : REFUSED;
    }

    /**
     * By who built it or, if it was shared, by who alone is left to write it. A name may stay. For one with a bit among
     * the further holders that is {@link #sealLookedAt}.
     */
    static long seal(long word, int participant) {
        boolean alone = isInWord(participant) && further(word) == NONE && isAlone(word, participant);
        boolean sealable = state(word) == BUILDING || (state(word) == MUTABLE && alone);
        return sealable && isHeldBy(word, participant) ? withState(word, SEALED) : REFUSED;
    }

    /** By one that has looked, and its own bit is the only one among the further holders. */
    static long sealLookedAt(long word, int participant) {
        boolean sealable = state(word) == MUTABLE
                && !isInWord(participant)
                && further(word) == lookedAtBy(participant)
                && isAlone(word, participant);
        return sealable ? withFurther(withState(word, SEALED), SOME) : REFUSED;
    }

    /** Puts references in flight; only one epoch may have some in flight at a time. */
    static long send(long word, int participant, int epoch, int references) {
        boolean free = inFlight(word) == 0 || epoch(word) == epoch;
        boolean fits = inFlight(word) + references <= MAX_IN_FLIGHT;
        if (!isShareable(word) || !isHeldBy(word, participant) || !free || !fits) {
            return REFUSED;
        }
        return of(state(word), further(word), epoch, inFlight(word) + references, holdersAndFlags(word));
    }

    /**
     * First half of receiving: a hold, while the reference is in flight. Once it is there the slot cannot be used again, so
     * that the caller can compare generations and, if they differ, release the hold with nothing to be put back.
     */
    static long claim(long word, int participant, int epoch) {
        return isReceivable(word, epoch) ? withHold(word, participant) : REFUSED;
    }

    /** Second half of receiving, by a participant who holds the right generation: the reference is in flight no more. */
    static long take(long word, int participant, int epoch) {
        if (!isReceivable(word, epoch) || !isHeldBy(word, participant)) {
            return REFUSED;
        }
        int left = inFlight(word) - 1;
        return of(state(word), further(word), left == 0 ? 0 : epoch, left, holdersAndFlags(word));
    }

    /** A name holds it; how many do is counted elsewhere. The caller has the names lock. */
    static long name(long word, int participant) {
        return isShareable(word) && isHeldBy(word, participant) ? word | NAMED : REFUSED;
    }

    /** The last name is gone. The caller has the names lock. */
    static long unname(long word) {
        return (word & NAMED) != 0 ? freedIfUnclaimed(word & ~NAMED) : REFUSED;
    }

    /** A hold on what a name holds; the caller compares generations before and after, as for {@link #claim}. */
    static long openNamed(long word, int participant) {
        return isShareable(word) && (word & NAMED) != 0 ? withHold(word, participant) : REFUSED;
    }

    /** Lets runtimes other than JVMs read it, each under a lease. */
    static long lend(long word, int participant) {
        return isShareable(word) && isHeldBy(word, participant) ? word | FOREIGN : REFUSED;
    }

    /**
     * Takes back, from what is shared, that it was lent, so that it can be sealed. The caller keeps off who would write it
     * under a lease, and lends it again then.
     */
    static long recall(long word, int participant) {
        boolean recallable = state(word) == MUTABLE && isHeldBy(word, participant) && (word & FOREIGN) != 0;
        return recallable ? word & ~FOREIGN : REFUSED;
    }

    /**
     * Puts a slot aside that was to be used again but is found to be still leased: its bytes are to stay until the lease
     * falls. By the participant who has just allocated it, whose bit among the further holders is then to be cleared.
     */
    static long setAside(long word, int participant) {
        return isAllocatedBy(word, participant) ? of(ORPHAN, further(word), 0, 0, FOREIGN) : REFUSED;
    }

    /** Nobody leases it and nobody else claims it. A lease that is taken meanwhile is found before the slot is used. */
    static long returnLent(long word) {
        boolean only = isUnclaimed(word & ~FOREIGN) && (word & FOREIGN) != 0;
        return only ? freedIfUnclaimed(word & ~FOREIGN) : REFUSED;
    }

    /**
     * Gives a hold up that is in the word: the last claim frees the slot, in the same step. Reaping a dead participant is
     * the same.
     */
    static long release(long word, int participant) {
        boolean holds = isInWord(participant) && isHeldBy(word, participant);
        return holds ? freedIfUnclaimed(word & ~holderBit(participant)) : REFUSED;
    }

    /** The participant is going to look whether any of the further holders is left. It does so with one thread. */
    static long look(long word, int participant) {
        return further(word) != NONE ? withFurther(word, lookedAtBy(participant)) : REFUSED;
    }

    /** The participant has looked and seen none: the last claim frees the slot, as in {@link #release}. */
    static long noneLeft(long word, int participant) {
        return further(word) == lookedAtBy(participant) ? freedIfUnclaimed(withFurther(word, NONE)) : REFUSED;
    }

    /** Takes back what an epoch had in flight; the caller knows that nobody will receive it any more. */
    static long voidEpoch(long word, int epoch) {
        if (inFlight(word) == 0 || epoch(word) != epoch) {
            return REFUSED;
        }
        return freedIfUnclaimed(of(state(word), further(word), 0, 0, holdersAndFlags(word)));
    }

    private static long building(int participant) {
        return of(BUILDING, isInWord(participant) ? NONE : SOME, 0, 0, holderBit(participant));
    }

    private static long withHold(long word, int participant) {
        return isInWord(participant) ? word | holderBit(participant) : withFurther(word, SOME);
    }

    /** Whether the word has no claim but the participant's own and a name. */
    private static boolean isAlone(long word, int participant) {
        return (holdersAndFlags(word) & ~NAMED) == holderBit(participant) && inFlight(word) == 0;
    }

    private static boolean isAllocatedBy(long word, int participant) {
        return state(word) == BUILDING
                && isHeldBy(word, participant)
                && holdersAndFlags(word) == holderBit(participant);
    }

    private static boolean isReceivable(long word, int epoch) {
        return isShareable(word) && inFlight(word) > 0 && epoch(word) == epoch;
    }

    /** Whether others than its creator may hold it. */
    private static boolean isShareable(long word) {
        return state(word) == SEALED || state(word) == MUTABLE;
    }

    private static long withState(long word, int state) {
        return of(state, further(word), epoch(word), inFlight(word), holdersAndFlags(word));
    }

    private static long freedIfUnclaimed(long word) {
        return isUnclaimed(word) ? of(FREE, NONE, 0, 0, 0) : word;
    }
}
