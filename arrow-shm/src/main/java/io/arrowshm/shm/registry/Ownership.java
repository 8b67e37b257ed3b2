package io.arrowshm.shm.registry;

import static io.arrowshm.shm.registry.Transitions.REFUSED;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.fault.FaultPoint;
import io.arrowshm.shm.layout.OwnershipWord;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.layout.SlotRecord;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.memory.Memory;
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

    private final Registry registry;
    private final MappedFile generations;
    private final Hints hints;
    private final int participant;
    private final int[] localCounts;
    private final AtomicInteger localHandles = new AtomicInteger();
    private final Object[] stripes = new Object[STRIPES];

    public Ownership(Registry registry, MappedFile generations, Hints hints, int participant) {
        this.registry = registry;
        this.generations = generations;
        this.hints = hints;
        this.participant = participant;
        this.localCounts = new int[registry.slots()];
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    /** The slot's identity; a reference to any other generation is stale. */
    public long generation(int slot) {
        return Memory.getLongVolatile(generationAddress(slot));
    }

    /** See {@link OwnershipWord}. */
    public long word(int slot) {
        return Memory.getLongVolatile(registry.address(slot) + SlotRecord.WORD);
    }

    /** Bytes of the sealed segment. */
    public long length(int slot) {
        return Memory.getLong(registry.address(slot) + SlotRecord.LENGTH);
    }

    /** Slots of the pool. */
    public int slots() {
        return registry.slots();
    }

    /** Whether there is no memory behind the slot that anybody may touch. */
    public boolean isUnbacked(int slot) {
        return OwnershipWord.state(word(slot)) == OwnershipWord.UNBACKED;
    }

    /** Makes an unbacked slot free once there is memory behind it; the caller has the creation lock. */
    public void back(int slot) {
        if (change(slot, Transitions::back)) {
            hints.set(slot);
        }
    }

    /**
     * Makes a free slot unbacked, so that its memory can be taken away; false if it is neither. It gets a new generation,
     * also if it was unbacked before, since whoever unbacked it may have died in between: a reader who is no participant
     * and looks at the generation after this does not read. The caller has the creation lock.
     */
    public boolean unback(int slot) {
        if (!change(slot, Transitions::unback) && OwnershipWord.state(word(slot)) != OwnershipWord.UNBACKED) {
            return false;
        }
        Memory.putLongVolatile(generationAddress(slot), generation(slot) + 1);
        return true;
    }

    /** Makes a free slot this participant's, with a new generation; false if it was not free. */
    public boolean tryAllocate(int slot) {
        synchronized (stripe(slot)) {
            if (!change(slot, word -> Transitions.allocate(word, participant))) {
                return false;
            }
            FaultPoint.ALLOCATED_WITHOUT_GENERATION.reached();
            Memory.putLongVolatile(generationAddress(slot), generation(slot) + 1);
            addHandle(slot);
            return true;
        }
    }

    /**
     * Makes a segment that this participant was building immutable and readable by everybody.
     *
     * @param length of the segment in bytes
     */
    public void seal(int slot, long length) {
        Memory.putLong(registry.address(slot) + SlotRecord.LENGTH, length);
        FaultPoint.SEALING.reached();
        if (!change(slot, word -> Transitions.seal(word, participant))) {
            throw new IllegalStateException(describe(slot) + " cannot be sealed");
        }
    }

    /** Puts one reference in flight; false if another epoch has some in flight, or too many are. */
    public boolean trySend(int slot, int epoch) {
        boolean sent = change(slot, word -> Transitions.send(word, participant, epoch, 1));
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
            if (generation(slot) != generation) {
                throw stale(slot, generation, epoch);
            }
            boolean heldBefore = localCounts[slot] > 0;
            if (!heldBefore && !change(slot, word -> Transitions.claim(word, participant, epoch))) {
                throw stale(slot, generation, epoch);
            }
            // The slot may have been used again between the comparison and the claim; from the claim on it cannot be.
            FaultPoint.CLAIMED.reached();
            boolean same = heldBefore || generation(slot) == generation;
            if (!same || !change(slot, word -> Transitions.take(word, participant, epoch))) {
                if (!heldBefore) {
                    releaseHold(slot);
                }
                throw stale(slot, generation, epoch);
            }
            FaultPoint.TAKEN.reached();
            addHandle(slot);
        }
    }

    /** One more handle in this JVM on a segment that the caller has a handle on. */
    public void retain(int slot) {
        synchronized (stripe(slot)) {
            if (localCounts[slot] == 0) {
                throw new IllegalStateException(describe(slot) + " has no handle in this JVM");
            }
            addHandle(slot);
        }
    }

    /** Gives one handle of this JVM up, and with the last one the hold. */
    public void release(int slot) {
        synchronized (stripe(slot)) {
            if (localCounts[slot] == 0) {
                throw new IllegalStateException(describe(slot) + " has no handle in this JVM");
            }
            if (--localCounts[slot] == 0) {
                releaseHold(slot);
            }
            // Last: at zero the pool may be unmapped.
            localHandles.decrementAndGet();
        }
    }

    /** Handles that are open in this JVM. */
    public int localHandles() {
        return localHandles.get();
    }

    /** Takes the hold of a participant away; the caller has the lock of his byte, so he is dead or the caller. */
    public void reap(int slot, int dead) {
        freeing(slot, word -> Transitions.release(word, dead));
    }

    /** Takes back what an epoch had in flight; the caller knows that it and its receivers are gone. */
    public void voidEpoch(int slot, int epoch) {
        freeing(slot, word -> Transitions.voidEpoch(word, epoch));
    }

    /** Brings back a hint that somebody lost by dying. */
    public void repairHint(int slot) {
        if (OwnershipWord.state(word(slot)) == OwnershipWord.FREE) {
            hints.set(slot);
        }
    }

    public String describe(int slot) {
        return "slot " + slot + " (generation " + generation(slot) + ", " + OwnershipWord.toString(word(slot)) + ")";
    }

    private void addHandle(int slot) {
        localCounts[slot]++;
        localHandles.incrementAndGet();
    }

    private void releaseHold(int slot) {
        freeing(slot, word -> Transitions.release(word, participant));
    }

    private void freeing(int slot, LongUnaryOperator transition) {
        if (change(slot, transition) && OwnershipWord.state(word(slot)) == OwnershipWord.FREE) {
            FaultPoint.FREED_WITHOUT_HINT.reached();
            hints.set(slot);
        }
    }

    private boolean change(int slot, LongUnaryOperator transition) {
        long address = registry.address(slot) + SlotRecord.WORD;
        while (true) {
            long word = Memory.getLongVolatile(address);
            long next = transition.applyAsLong(word);
            if (next == REFUSED) {
                return false;
            }
            if (Memory.compareAndSetLong(address, word, next)) {
                return true;
            }
        }
    }

    private SharedMemoryException stale(int slot, long generation, int epoch) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE,
                "the reference is stale: it names generation " + generation + ", epoch " + epoch + " of "
                        + describe(slot));
    }

    private long generationAddress(int slot) {
        return generations.address() + (long) slot * PoolFiles.GENERATION_BYTES;
    }

    private Object stripe(int slot) {
        return stripes[slot & STRIPES - 1];
    }
}
