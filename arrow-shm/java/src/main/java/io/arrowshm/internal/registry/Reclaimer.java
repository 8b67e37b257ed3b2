package io.arrowshm.internal.registry;

import io.arrowshm.internal.layout.OwnershipWord;

/** Takes claims away that nobody stands behind any more. Any thread. */
public final class Reclaimer {
    private final Slots slots;

    public Reclaimer(Slots slots) {
        this.slots = slots;
    }

    /**
     * Takes the hold of a participant away, and whatever it was just doing about the slot; the caller has the lock of its
     * byte, so that it is dead or the caller itself. Returns whether that freed the slot.
     *
     * @param by the place whose lock the caller has
     */
    public boolean reap(int slot, int dead, int by) {
        return slots.reap(slot, dead, by);
    }

    /**
     * Takes back what an epoch had in flight; the caller knows that it and its receivers are gone. Returns whether that
     * freed the slot.
     */
    public boolean voidEpoch(int slot, int epoch) {
        return slots.changeFreeing(slot, word -> Transitions.voidEpoch(word, epoch));
    }

    /** A name of the segment is gone. Under the names lock; returns whether that freed the slot. */
    public boolean unname(int slot) {
        return slots.removeName(slot);
    }

    /** The segment has so many names, whatever was counted. Under the names lock; returns whether that freed the slot. */
    public boolean settleNames(int slot, long names) {
        return slots.settleNames(slot, names);
    }

    /** Frees the slot if it is only lent and nobody has a lease; returns whether it did. */
    public boolean returnLent(int slot) {
        boolean isReturned = (slots.word(slot) & OwnershipWord.FOREIGN) != 0 && !slots.isLeased(slot);
        return isReturned && slots.changeFreeing(slot, Transitions::returnLent);
    }

    /** Whether any slot was ever lent, so that it makes sense to look for those that come back. */
    public boolean hasEverLent() {
        return slots.hasEverLent();
    }
}
