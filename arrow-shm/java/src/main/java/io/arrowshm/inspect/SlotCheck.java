package io.arrowshm.inspect;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.NONE;
import static io.arrowshm.internal.layout.OwnershipWord.ORPHAN;
import static io.arrowshm.internal.layout.OwnershipWord.PARTICIPANTS;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.further;
import static io.arrowshm.internal.layout.OwnershipWord.holders;
import static io.arrowshm.internal.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.lookedAtBy;
import static io.arrowshm.internal.layout.OwnershipWord.state;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Slots;
import java.util.function.Supplier;

/**
 * The ownership word of every slot and what the records beside it say. A slot counts only while its word stays the same,
 * since the rest belongs to that word.
 */
final class SlotCheck implements Check {
    /** The highest generation that was ever seen of each slot, over all looks. */
    private long[] highestGenerations = {};

    @Override
    public void look(PoolView pool, Violations found) {
        if (highestGenerations.length == 0) {
            highestGenerations = new long[pool.slots.count()];
        }
        Violations candidates = new Violations();
        for (int slot = 0; slot < pool.slots.count(); slot++) {
            try {
                long word = pool.slots.word(slot);
                // The word first: whoever has changed it has seen the place.
                check(pool, slot, word, pool.slabs.blockBytes(slot), candidates);
                if (pool.slots.word(slot) == word) {
                    found.addAll(candidates);
                }
            } catch (SharedMemoryException e) {
                found.add(Invariant.REGISTRY, "slot " + slot, e.getMessage());
            }
            candidates.clear();
        }
    }

    private void check(PoolView pool, int slot, long word, long blockBytes, Violations found) {
        Slots slots = pool.slots;
        String where = "slot " + slot;
        long generation = slots.generation(slot);
        Supplier<String> seen = () -> slots.describe(slot);
        found.addUnless(state(word) <= ORPHAN, Invariant.STATE, where, () -> seen.get() + " has no such state");
        found.addUnless(
                blockBytes != 0 || word == 0,
                Invariant.STATE,
                where,
                () -> seen.get() + " has no slab and so is unbacked");
        found.addUnless(
                claimsFitState(word), Invariant.CLAIMS, where, () -> seen.get() + ": its claims do not fit its state");
        found.addUnless(
                (epoch(word) == 0) == (inFlight(word) == 0) && (epoch(word) == 0 || pool.epochs.isUsed(epoch(word))),
                Invariant.EPOCH,
                where,
                () -> seen.get() + ": epoch " + epoch(word) + " is "
                        + (epoch(word) != 0 && pool.epochs.isUsed(epoch(word)) ? "in use" : "not in use"));
        found.addUnless(
                further(word) <= lookedAtBy(Participants.RECLAIMER),
                Invariant.STATE,
                where,
                () -> seen.get() + ": there is no such participant");
        for (int p = 0; p < PARTICIPANTS; p++) {
            int place = p;
            found.addUnless(
                    !slots.hasBit(slot, place) || pool.participants.processId(place) != 0,
                    Invariant.HOLDER,
                    where,
                    () -> seen.get() + ": nobody has place " + place);
        }
        checkGeneration(slots, slot, generation, word, seen, found);
        if (state(word) > BUILDING && state(word) <= ORPHAN) {
            checkSegment(slots, slot, blockBytes, seen, found);
        }
    }

    private void checkGeneration(
            Slots slots, int slot, long generation, long word, Supplier<String> seen, Violations found) {
        String where = "slot " + slot;
        long highest = Math.max(highestGenerations[slot], generation);
        highestGenerations[slot] = highest;
        found.addUnless(
                generation >= 0 && generation == highest,
                Invariant.GENERATION,
                where,
                () -> seen.get() + ": the generation was " + highest + " before");
        found.addUnless(
                generation != 0 || state(word) <= BUILDING || state(word) > ORPHAN,
                Invariant.GENERATION,
                where,
                () -> seen.get() + " was allocated and so has a generation");
        long lent = slots.lentGeneration(slot);
        found.addUnless(
                lent >= 0 && lent <= generation,
                Invariant.LENT,
                where,
                () -> seen.get() + ": runtimes other than JVMs were told of generation " + lent);
        found.addUnless(
                (word & FOREIGN) == 0 || (lent != 0 && slots.hasEverLent()),
                Invariant.LENT,
                where,
                () -> seen.get() + " is lent, but its lent generation is " + lent + " and the pool has "
                        + (slots.hasEverLent() ? "lent before" : "never lent"));
        found.addUnless(
                state(word) != SEALED || lent == 0 || !slots.isWrittenUnderLease(slot),
                Invariant.WRITERS,
                where,
                () -> seen.get() + ": somebody has the shared lock of who writes it under a lease");
    }

    private static void checkSegment(Slots slots, int slot, long blockBytes, Supplier<String> seen, Violations found) {
        String where = "slot " + slot;
        long length = slots.length(slot);
        found.addUnless(
                length >= 0 && length <= blockBytes,
                Invariant.LENGTH,
                where,
                () -> seen.get() + " has length " + length + ", its block " + blockBytes);
        int creator = slots.creator(slot);
        found.addUnless(
                creator >= 0 && creator < PARTICIPANTS,
                Invariant.CREATOR,
                where,
                () -> seen.get() + " has creator " + creator);
    }

    private static boolean claimsFitState(long word) {
        return switch (state(word)) {
            case UNBACKED, FREE -> isUnclaimed(word);
            case BUILDING ->
                Long.bitCount(holders(word)) + (further(word) == NONE ? 0 : 1) == 1
                        && (holdersAndFlags(word) & (FOREIGN | NAMED)) == 0
                        && inFlight(word) == 0;
            default -> !isUnclaimed(word);
        };
    }
}
