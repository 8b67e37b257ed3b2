package io.arrowshm.internal.registry;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.Memory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;

/**
 * The ownership protocol as one participant plays it: one compare-and-set on the slot's word a step, and under the
 * participant's bit a reference count for the handles inside this JVM. Any thread.
 *
 * <p>The last release in this JVM and any receive of the same slot exclude each other through a lock of this JVM alone,
 * held for some nanoseconds: otherwise one thread frees what another has just received.
 */
public final class Ownership {
    private static final int STRIPES = 256;

    private final Slots slots;
    private final int participant;
    private final long processId = ProcessHandle.current().pid();
    private final int[] localCounts;
    private final AtomicInteger localHandles = new AtomicInteger();
    private final Runnable whenNoHandleIsLeft;
    private final Object[] stripes = new Object[STRIPES];

    public Ownership(Slots slots, int participant) {
        this(slots, participant, () -> {});
    }

    /** @param whenNoHandleIsLeft run whenever this JVM has released its last handle, by the thread that did */
    public Ownership(Slots slots, int participant, Runnable whenNoHandleIsLeft) {
        this.slots = slots;
        this.participant = participant;
        this.whenNoHandleIsLeft = whenNoHandleIsLeft;
        this.localCounts = new int[slots.count()];
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    public Slots slots() {
        return slots;
    }

    /** Whether there is no memory behind the slot that anybody may touch. */
    public boolean isUnbacked(int slot) {
        return OwnershipWord.state(slots.word(slot)) == OwnershipWord.UNBACKED;
    }

    /** Whether nobody uses the slot, so that it can serve any size: it is free, or unbacked. */
    public boolean isUnused(int slot) {
        int state = OwnershipWord.state(slots.word(slot));
        return state == OwnershipWord.FREE || state == OwnershipWord.UNBACKED;
    }

    /** Makes an unbacked slot free once there is memory behind it; the caller has the creation lock. */
    public void back(int slot) {
        slots.changeFreeing(slot, Transitions::back);
    }

    /**
     * Makes a free slot unbacked, so that its memory can be taken away; false if it is neither, or somebody outside has a
     * lease on it: then it is set aside. Until that is known the slot is allocated: so it is free again if this process
     * dies, and what is unbacked is read by nobody. The caller has the creation lock.
     */
    public boolean unback(int slot) {
        // Else another thread of this JVM that is refused the slot would take the bit away that stands for both.
        synchronized (stripe(slot)) {
            if (!take(slot, word -> Transitions.allocate(word, participant))) {
                return isUnbacked(slot);
            }
            FaultPoint.UNBACKING.reached();
            if (!makeUnknownOutside(slot)) {
                return false;
            }
            boolean unbacked = slots.change(slot, word -> Transitions.unback(word, participant));
            withdraw(slot);
            return unbacked;
        }
    }

    /** Makes a free slot this participant's, with a new generation; false if it was not free or is still leased. */
    public boolean tryAllocate(int slot) {
        synchronized (stripe(slot)) {
            if (!take(slot, word -> Transitions.allocate(word, participant))) {
                return false;
            }
            FaultPoint.ALLOCATED_WITHOUT_GENERATION.reached();
            if (!makeUnknownOutside(slot)) {
                return false;
            }
            slots.setCreator(slot, participant, processId);
            addHandle(slot);
            return true;
        }
    }

    /**
     * Makes an unbacked slot this participant's, as if it had been allocated; its memory was written by somebody else. The
     * caller has the creation lock.
     */
    public void adopt(int slot) {
        synchronized (stripe(slot)) {
            if (!take(slot, word -> Transitions.adopt(word, participant))) {
                throw new IllegalStateException(slots.describe(slot) + " cannot be adopted");
            }
            slots.nextGeneration(slot);
            slots.setCreator(slot, participant, processId);
            addHandle(slot);
        }
    }

    /**
     * Makes a segment immutable and readable by everybody; this participant was building it, or is the only one left that
     * could write it.
     *
     * @param length of the segment in bytes; one that is shared keeps the length that it has
     * @throws SharedMemoryException IN_USE if it is shared and somebody else could still write
     */
    public void seal(int slot, long length) {
        synchronized (stripe(slot)) {
            setLengthWhileBuilding(slot, length);
            FaultPoint.SEALING.reached();
            if (localCounts[slot] != 1 || !trySealWithoutWriters(slot)) {
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        slots.describe(slot)
                                + " cannot be sealed: that is for whoever alone holds it, with nothing in flight"
                                + " and nobody who writes it under a lease;"
                                + " handles in this JVM=" + localCounts[slot]);
            }
        }
    }

    /**
     * Lets others write the segment as well, which this participant is building.
     *
     * @param length of the segment in bytes
     */
    public void share(int slot, long length) {
        setLengthWhileBuilding(slot, length);
        FaultPoint.SHARING.reached();
        if (!slots.change(slot, word -> Transitions.share(word, participant))) {
            throw new IllegalStateException(slots.describe(slot) + " cannot be shared");
        }
    }

    /** Puts one reference in flight; false if another epoch has some in flight, or too many are. */
    public boolean trySend(int slot, int epoch) {
        boolean sent = slots.change(slot, word -> Transitions.send(word, participant, epoch, 1));
        FaultPoint.SENT.reached();
        return sent;
    }

    /**
     * Turns a reference in flight into a hold of this JVM.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it is not in flight, or the slot has another generation
     */
    public void receive(int slot, long generation, int epoch) {
        synchronized (stripe(slot)) {
            boolean heldBefore = localCounts[slot] > 0;
            claimHeldOrNot(slot, generation, epoch, heldBefore);
            if (!slots.change(slot, word -> Transitions.take(word, participant, epoch))) {
                if (!heldBefore) {
                    slots.releaseHold(slot, participant);
                }
                throw stale(slot, generation, "epoch " + epoch);
            }
            FaultPoint.TAKEN.reached();
            addHandle(slot);
        }
    }

    /**
     * Makes a reference a hold of this JVM and leaves it in flight, for any number of others who do the same until its sender
     * takes it back.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it is not in flight, or the slot has another generation
     */
    public void claim(int slot, long generation, int epoch) {
        synchronized (stripe(slot)) {
            claimHeldOrNot(slot, generation, epoch, localCounts[slot] > 0);
            addHandle(slot);
        }
    }

    private void claimHeldOrNot(int slot, long generation, int epoch, boolean heldBefore) {
        if (slots.generation(slot) != generation) {
            throw stale(slot, generation, "epoch " + epoch);
        }
        if (!heldBefore) {
            slots.announce(slot, participant);
            if (!slots.change(slot, word -> Transitions.claim(word, participant, epoch))) {
                withdraw(slot);
                throw stale(slot, generation, "epoch " + epoch);
            }
        }
        FaultPoint.CLAIMED.reached();
        // The slot may have been used again between the comparison and the claim; from the claim on it cannot be.
        if (!heldBefore && slots.generation(slot) != generation) {
            slots.releaseHold(slot, participant);
            throw stale(slot, generation, "epoch " + epoch);
        }
    }

    /**
     * One name more holds the segment, which this participant holds too; false if it does not, or the segment is neither
     * sealed nor shared. Under the names lock.
     */
    public boolean tryName(int slot) {
        return slots.addName(slot, participant);
    }

    /**
     * Turns what a name said into a hold of this JVM.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the name is gone, or names another generation
     */
    public void openNamed(int slot, long generation) {
        synchronized (stripe(slot)) {
            boolean heldBefore = localCounts[slot] > 0;
            if (slots.generation(slot) != generation) {
                throw stale(slot, generation, "a name");
            }
            slots.announce(slot, participant);
            if (!slots.change(slot, word -> Transitions.openNamed(word, participant))) {
                if (!heldBefore) {
                    withdraw(slot);
                }
                throw stale(slot, generation, "a name");
            }
            FaultPoint.NAMED_OPENED.reached();
            if (!heldBefore && slots.generation(slot) != generation) {
                slots.releaseHold(slot, participant);
                throw stale(slot, generation, "a name");
            }
            addHandle(slot);
        }
    }

    /**
     * Lets runtimes that are no JVMs read the segment, each under a shared lock of the slot's byte in {@code leases}, for as
     * long as this participant or anybody else holds it, or they have such a lock. Returns the generation to tell them.
     */
    public long lend(int slot) {
        slots.rememberLent(slot);
        FaultPoint.LENDING.reached();
        if (!slots.change(slot, word -> Transitions.lend(word, participant))) {
            throw new IllegalStateException(slots.describe(slot) + " cannot be lent");
        }
        return slots.generation(slot);
    }

    /** One more handle in this JVM on a segment that the caller has a handle on. */
    public void retain(int slot) {
        synchronized (stripe(slot)) {
            if (localCounts[slot] == 0) {
                throw new IllegalStateException(slots.describe(slot) + " has no handle in this JVM");
            }
            addHandle(slot);
        }
    }

    /** Gives one handle of this JVM up, and with the last one the hold. */
    public void release(int slot) {
        synchronized (stripe(slot)) {
            if (localCounts[slot] == 0) {
                throw new IllegalStateException(slots.describe(slot) + " has no handle in this JVM");
            }
            if (--localCounts[slot] == 0) {
                slots.releaseHold(slot, participant);
            }
        }
        // Last: at zero the pool may be unmapped.
        if (localHandles.decrementAndGet() == 0) {
            whenNoHandleIsLeft.run();
        }
    }

    /** Whether one handle of this JVM is left, which gives the hold up when it is released. */
    public boolean isLastHandle(int slot) {
        synchronized (stripe(slot)) {
            return localCounts[slot] == 1;
        }
    }

    /** Handles that are open in this JVM. */
    public int localHandles() {
        return localHandles.get();
    }

    /**
     * Gives the slot, which nobody can claim now, a new generation, so that whoever was told of the old one finds that it
     * is stale. False if somebody outside has a lease: then the slot was set aside and its bytes stay.
     */
    private boolean makeUnknownOutside(int slot) {
        slots.nextGeneration(slot);
        // A reader takes its lease first and compares the generation then: one of the two sees the other.
        Memory.fullFence();
        if (slots.wasLent(slot)) {
            if (slots.isLeased(slot)) {
                FaultPoint.SETTING_ASIDE.reached();
                slots.change(slot, word -> Transitions.setAside(word, participant));
                withdraw(slot);
                return false;
            }
            slots.forgetLent(slot);
        }
        return true;
    }

    private boolean take(int slot, LongUnaryOperator step) {
        if (localCounts[slot] > 0) {
            // Else the bit that the handles of this JVM stand on would be withdrawn.
            return false;
        }
        slots.announce(slot, participant);
        boolean taken = slots.change(slot, step);
        if (!taken) {
            withdraw(slot);
        }
        return taken;
    }

    /** The step that was announced was refused, or has been undone; nothing if it needed no announcement. */
    private void withdraw(int slot) {
        if (!OwnershipWord.isInWord(participant)) {
            slots.releaseHold(slot, participant);
        }
    }

    /** What was shared is sealed while nobody can write it under a lease; if it was lent, it is not for a moment. */
    private boolean trySealWithoutWriters(int slot) {
        if (OwnershipWord.state(slots.word(slot)) == OwnershipWord.BUILDING) {
            return trySeal(slot);
        }
        // Also if it is not lent: somebody may have forked while it was, or while it was built.
        if (!slots.tryKeepWritersOff(slot)) {
            return false;
        }
        boolean wasLent = false;
        try {
            FaultPoint.KEEPING_WRITERS_OFF.reached();
            wasLent = slots.change(slot, word -> Transitions.recall(word, participant));
            FaultPoint.RECALLED.reached();
            boolean isSealed = trySeal(slot);
            FaultPoint.SEALED_NOT_LENT.reached();
            return isSealed;
        } finally {
            if (wasLent) {
                slots.change(slot, word -> Transitions.lend(word, participant));
            }
            FaultPoint.LENT_AGAIN.reached();
            slots.letWritersOn(slot);
        }
    }

    private boolean trySeal(int slot) {
        if (slots.change(slot, word -> Transitions.seal(word, participant))) {
            return true;
        }
        if (OwnershipWord.isInWord(participant)) {
            // Perhaps the further holders have gone and nobody has said so yet.
            slots.freeIfNoFurtherHolder(slot, participant);
            return slots.change(slot, word -> Transitions.seal(word, participant));
        }
        return slots.sealAlone(slot, participant);
    }

    /** Others read the length as soon as it is sealed or shared: a call that is refused then must not change it. */
    private void setLengthWhileBuilding(int slot, long length) {
        if (OwnershipWord.state(slots.word(slot)) == OwnershipWord.BUILDING) {
            slots.setLength(slot, length);
        }
    }

    private void addHandle(int slot) {
        localCounts[slot]++;
        localHandles.incrementAndGet();
    }

    private SharedMemoryException stale(int slot, long generation, String by) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE,
                "the reference is stale: it names generation " + generation + " by " + by + " of "
                        + slots.describe(slot));
    }

    private Object stripe(int slot) {
        return stripes[slot & STRIPES - 1];
    }
}
