package io.arrowshm.internal.registry;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MAX_IN_FLIGHT;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.ORPHAN;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.holderBit;
import static io.arrowshm.internal.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.layout.OwnershipWord.tag;

/**
 * The ownership protocol: every step as a function from the word that was read to the word to be set by one
 * compare-and-set, or {@link #REFUSED} where its precondition does not hold. Pure, so that it can be checked
 * exhaustively; {@link Ownership} applies it to the shared word.
 */
final class Transitions {
    /** No word looks like this: state 7 does not exist. */
    static final long REFUSED = -1;

    private Transitions() {}

    static long back(long word) {
        return state(word) == UNBACKED ? of(FREE, tag(word), 0, 0, 0) : REFUSED;
    }

    /** By who has allocated it for this and has seen that nobody outside reads it: the memory can be taken away. */
    static long unback(long word, int participant) {
        return isAllocatedBy(word, participant) ? of(UNBACKED, tag(word), 0, 0, 0) : REFUSED;
    }

    /** The memory behind the slot was written by somebody else: it is as if this participant had built it. */
    static long adopt(long word, int participant) {
        return state(word) == UNBACKED ? of(BUILDING, tag(word) + 1, 0, 0, holderBit(participant)) : REFUSED;
    }

    static long allocate(long word, int participant) {
        return state(word) == FREE ? of(BUILDING, tag(word) + 1, 0, 0, holderBit(participant)) : REFUSED;
    }

    /** The builder lets others write as well. */
    static long share(long word, int participant) {
        return state(word) == BUILDING && isHeldBy(word, participant) ? withState(word, MUTABLE) : REFUSED;
    }

    /** By the creator, who built it alone or, if it was shared, is the only one left who can write. A name may stay. */
    static long seal(long word, int creator) {
        boolean alone = (holdersAndFlags(word) & ~NAMED) == holderBit(creator) && inFlight(word) == 0;
        boolean sealable = state(word) == BUILDING || (state(word) == MUTABLE && alone);
        return sealable && isHeldBy(word, creator) ? withState(word, SEALED) : REFUSED;
    }

    /** Puts references in flight; only one epoch may have some in flight at a time. */
    static long send(long word, int participant, int epoch, int references) {
        boolean free = inFlight(word) == 0 || epoch(word) == epoch;
        boolean fits = inFlight(word) + references <= MAX_IN_FLIGHT;
        if (!isShareable(word) || !isHeldBy(word, participant) || !free || !fits) {
            return REFUSED;
        }
        return of(state(word), tag(word), epoch, inFlight(word) + references, holdersAndFlags(word));
    }

    /**
     * First half of receiving: a hold, while the reference is in flight. Once it is there the slot cannot be used again, so
     * that the caller can compare generations and, if they differ, release the hold with nothing to be put back.
     */
    static long claim(long word, int participant, int epoch) {
        return isReceivable(word, epoch) ? word | holderBit(participant) : REFUSED;
    }

    /** Second half of receiving, by a participant who holds the right generation: the reference is in flight no more. */
    static long take(long word, int participant, int epoch) {
        if (!isReceivable(word, epoch) || !isHeldBy(word, participant)) {
            return REFUSED;
        }
        int left = inFlight(word) - 1;
        return of(state(word), tag(word), left == 0 ? 0 : epoch, left, holdersAndFlags(word));
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
        return isShareable(word) && (word & NAMED) != 0 ? word | holderBit(participant) : REFUSED;
    }

    /** Lets runtimes other than JVMs read it, each under a lease. */
    static long lend(long word, int participant) {
        return isShareable(word) && isHeldBy(word, participant) ? word | FOREIGN : REFUSED;
    }

    /**
     * Puts a slot aside that was to be used again but is found to be still leased: its bytes are to stay until the lease
     * falls. By the participant who has just allocated it.
     */
    static long setAside(long word, int participant) {
        return isAllocatedBy(word, participant) ? of(ORPHAN, tag(word), 0, 0, FOREIGN) : REFUSED;
    }

    /** Nobody leases it and nobody else claims it. A lease that is taken meanwhile is found before the slot is used. */
    static long returnLent(long word) {
        boolean only = holdersAndFlags(word) == FOREIGN && inFlight(word) == 0;
        return only ? freedIfUnclaimed(word & ~FOREIGN) : REFUSED;
    }

    /**
     * Gives a hold up: the last claim frees the slot, in the same step. Reaping a dead participant is the same. Only
     * its creator can seal what is mutable, so that it is an orphan once the creator has given it up.
     */
    static long release(long word, int participant, boolean isCreator) {
        if (!isHeldBy(word, participant)) {
            return REFUSED;
        }
        long left = isCreator && state(word) == MUTABLE ? withState(word, ORPHAN) : word;
        return freedIfUnclaimed(left & ~holderBit(participant));
    }

    /** Takes back what an epoch had in flight; the caller knows that nobody will receive it any more. */
    static long voidEpoch(long word, int epoch) {
        if (inFlight(word) == 0 || epoch(word) != epoch) {
            return REFUSED;
        }
        return freedIfUnclaimed(of(state(word), tag(word), 0, 0, holdersAndFlags(word)));
    }

    private static boolean isAllocatedBy(long word, int participant) {
        return state(word) == BUILDING && holdersAndFlags(word) == holderBit(participant);
    }

    private static boolean isReceivable(long word, int epoch) {
        return isShareable(word) && inFlight(word) > 0 && epoch(word) == epoch;
    }

    /** Whether others than its creator may hold it. */
    private static boolean isShareable(long word) {
        return state(word) == SEALED || state(word) == MUTABLE;
    }

    private static long withState(long word, int state) {
        return of(state, tag(word), epoch(word), inFlight(word), holdersAndFlags(word));
    }

    private static long freedIfUnclaimed(long word) {
        return isUnclaimed(word) ? of(FREE, tag(word), 0, 0, 0) : word;
    }
}
