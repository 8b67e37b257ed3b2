package io.arrowshm.shm.registry;

import static io.arrowshm.shm.layout.OwnershipWord.BUILDING;
import static io.arrowshm.shm.layout.OwnershipWord.FREE;
import static io.arrowshm.shm.layout.OwnershipWord.MAX_IN_FLIGHT;
import static io.arrowshm.shm.layout.OwnershipWord.SEALED;
import static io.arrowshm.shm.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.shm.layout.OwnershipWord.epoch;
import static io.arrowshm.shm.layout.OwnershipWord.holderBit;
import static io.arrowshm.shm.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.shm.layout.OwnershipWord.inFlight;
import static io.arrowshm.shm.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.shm.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.shm.layout.OwnershipWord.of;
import static io.arrowshm.shm.layout.OwnershipWord.state;
import static io.arrowshm.shm.layout.OwnershipWord.tag;

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

    static long unback(long word) {
        return state(word) == FREE ? of(UNBACKED, tag(word), 0, 0, 0) : REFUSED;
    }

    static long allocate(long word, int participant) {
        return state(word) == FREE ? of(BUILDING, tag(word) + 1, 0, 0, holderBit(participant)) : REFUSED;
    }

    static long seal(long word, int participant) {
        return state(word) == BUILDING && isHeldBy(word, participant) ? withState(word, SEALED) : REFUSED;
    }

    /** Puts references in flight; only one epoch may have some in flight at a time. */
    static long send(long word, int participant, int epoch, int references) {
        boolean free = inFlight(word) == 0 || epoch(word) == epoch;
        boolean fits = inFlight(word) + references <= MAX_IN_FLIGHT;
        if (state(word) != SEALED || !isHeldBy(word, participant) || !free || !fits) {
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

    /** Gives a hold up: the last claim frees the slot, in the same step. Reaping a dead participant is the same. */
    static long release(long word, int participant) {
        return isHeldBy(word, participant) ? freedIfUnclaimed(word & ~holderBit(participant)) : REFUSED;
    }

    /** Takes back what an epoch had in flight; the caller knows that nobody will receive it any more. */
    static long voidEpoch(long word, int epoch) {
        if (inFlight(word) == 0 || epoch(word) != epoch) {
            return REFUSED;
        }
        return freedIfUnclaimed(of(state(word), tag(word), 0, 0, holdersAndFlags(word)));
    }

    private static boolean isReceivable(long word, int epoch) {
        return state(word) == SEALED && inFlight(word) > 0 && epoch(word) == epoch;
    }

    private static long withState(long word, int state) {
        return of(state, tag(word), epoch(word), inFlight(word), holdersAndFlags(word));
    }

    private static long freedIfUnclaimed(long word) {
        return isUnclaimed(word) ? of(FREE, tag(word), 0, 0, 0) : word;
    }
}
