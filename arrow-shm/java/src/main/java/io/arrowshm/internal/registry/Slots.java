package io.arrowshm.internal.registry;

import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.FurtherHolders;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.SafePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The slots of a pool as everybody sees them, participant or not: words, identities, lengths, leases and hints. Any
 * thread.
 */
public final class Slots implements AutoCloseable {
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final Registry registry;
    private final MappedFile generations;
    private final Hints hints;
    private final MappedFile everLent;
    private final ByteLocks leases;
    /** Who looks for further holders in the name of a participant is one thread at a time. */
    private final Object looking = new Object();

    /**
     * Opens the slots of a pool.
     *
     * @param count of the slots
     * @throws io.arrowshm.error.SharedMemoryException CORRUPT if a file is shorter than it can be
     */
    public Slots(SafePath poolDirectory, int count) {
        try {
            registry = Registry.open(poolDirectory.resolve(PoolFiles.REGISTRY), count);
            closing.push(registry::close);
            generations =
                    mapped(poolDirectory.resolve(PoolFiles.GENERATIONS), (long) count * PoolFiles.GENERATION_BYTES);
            hints = new Hints(mapped(poolDirectory.resolve(PoolFiles.HINTS), Hints.bytes(count)));
            everLent = mapped(poolDirectory.resolve(PoolFiles.LEASES), PoolFiles.LEASES_BYTES);
            leases = new ByteLocks(poolDirectory.resolve(PoolFiles.LEASES));
            closing.push(leases::close);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Makes the files in a pool's directory that is being built. */
    public static void create(SafePath poolDirectory, int count) {
        MappedFile.create(poolDirectory.resolve(PoolFiles.GENERATIONS), (long) count * PoolFiles.GENERATION_BYTES);
        MappedFile.create(poolDirectory.resolve(PoolFiles.HINTS), Hints.bytes(count));
        MappedFile.create(poolDirectory.resolve(PoolFiles.LEASES), PoolFiles.LEASES_BYTES);
        Registry.create(poolDirectory.resolve(PoolFiles.REGISTRY), count);
    }

    public int count() {
        return registry.slots();
    }

    /** See {@link OwnershipWord}. */
    public long word(int slot) {
        return Memory.getLongVolatile(registry.address(slot) + SlotRecord.WORD);
    }

    /** The slot's identity; a reference to any other generation is stale. */
    public long generation(int slot) {
        return Memory.getLongVolatile(generationAddress(slot));
    }

    /** Bytes of the sealed or mutable segment. */
    public long length(int slot) {
        return Memory.getLong(registry.address(slot) + SlotRecord.LENGTH);
    }

    /** CRC-32C of the sealed segment, if the pool has checksums. */
    public long checksum(int slot) {
        return Memory.getLong(registry.address(slot) + SlotRecord.CHECKSUM);
    }

    /** The participant that allocated it, -1 if none has. */
    public int creator(int slot) {
        return Memory.getInt(registry.address(slot) + SlotRecord.CREATOR) - 1;
    }

    /** The process id of the participant that allocated it. */
    public long creatorProcessId(int slot) {
        return Memory.getInt(registry.address(slot) + SlotRecord.CREATOR_PROCESS_ID);
    }

    /** How many names hold it. */
    public long names(int slot) {
        return Memory.getLongVolatile(registry.address(slot) + SlotRecord.NAMES);
    }

    /** Whether the participant has its bit, in the word or among the further holders. */
    public boolean hasBit(int slot, int participant) {
        return OwnershipWord.isInWord(participant)
                ? OwnershipWord.isHeldBy(word(slot), participant)
                : (Memory.getLongVolatile(furtherAddress(slot, participant)) & FurtherHolders.bit(participant)) != 0;
    }

    /** The participants that hold the slot, in order; a bit of one that is just trying to may be among them. */
    public List<Integer> holders(int slot) {
        long word = word(slot);
        int end =
                OwnershipWord.further(word) == OwnershipWord.NONE ? OwnershipWord.IN_WORD : OwnershipWord.PARTICIPANTS;
        List<Integer> holders = new ArrayList<>();
        for (int p = 0; p < end; p++) {
            if (hasBit(slot, p)) {
                holders.add(p);
            }
        }
        return holders;
    }

    /** The last generation that runtimes other than JVMs were told of, 0 if none. */
    public long lentGeneration(int slot) {
        return Memory.getLong(registry.address(slot) + SlotRecord.LENT_GENERATION);
    }

    /** Whether a runtime that is no JVM has a lease on it now. */
    public boolean isLeased(int slot) {
        return leases.isLockedElsewhere(slot);
    }

    /**
     * Nobody writes the slot under a lease, and whoever wants to waits until {@link #letWritersOn}; false if somebody does.
     */
    boolean tryKeepWritersOff(int slot) {
        return leases.tryLock(PoolFiles.LEASES_OF_WRITERS + slot);
    }

    void letWritersOn(int slot) {
        leases.unlock(PoolFiles.LEASES_OF_WRITERS + slot);
    }

    /** Whether somebody has the right to write the slot under a lease, or is about to find that it has not. */
    public boolean isWrittenUnderLease(int slot) {
        long lock = PoolFiles.LEASES_OF_WRITERS + slot;
        return leases.isLockedElsewhere(lock) && !leases.isLockedExclusivelyElsewhere(lock);
    }

    /** Whether any slot was ever lent to a runtime that is no JVM: else nobody has to look for slots that come back. */
    public boolean hasEverLent() {
        return Memory.getLongVolatile(everLent.address()) != 0;
    }

    public Hints hints() {
        return hints;
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

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }

    /** One step of the protocol; false if it was refused. */
    boolean change(int slot, LongUnaryOperator transition) {
        return changed(slot, transition) != Transitions.REFUSED;
    }

    /** A step that may free the slot; returns whether it did. */
    boolean changeFreeing(int slot, LongUnaryOperator transition) {
        long word = changed(slot, transition);
        boolean freed = word != Transitions.REFUSED && OwnershipWord.state(word) == OwnershipWord.FREE;
        if (freed) {
            FaultPoint.FREED_WITHOUT_HINT.reached();
            hints.set(slot);
        }
        return freed;
    }

    /** The word that a step has set, or {@link Transitions#REFUSED}. */
    private long changed(int slot, LongUnaryOperator transition) {
        long address = registry.address(slot) + SlotRecord.WORD;
        while (true) {
            long word = Memory.getLongVolatile(address);
            long next = transition.applyAsLong(word);
            if (next == Transitions.REFUSED || Memory.compareAndSetLong(address, word, next)) {
                return next;
            }
        }
    }

    /**
     * Before a step that gives the participant a hold: sets its bit among the further holders, if it has none in the word.
     * If the step is refused, {@link #releaseHold} clears it.
     */
    void announce(int slot, int participant) {
        if (!OwnershipWord.isInWord(participant)) {
            changeBit(slot, participant, true);
            FaultPoint.ANNOUNCED.reached();
        }
    }

    /** Gives the participant's own hold up, or a bit that has not become one; returns whether that freed the slot. */
    boolean releaseHold(int slot, int participant) {
        if (OwnershipWord.isInWord(participant)) {
            return changeFreeing(slot, word -> Transitions.release(word, participant));
        }
        clearBit(slot, participant);
        return freeIfNoFurtherHolder(slot, participant);
    }

    /**
     * Does for a dead participant what it has left undone, in whatever step it died; returns whether that freed the slot.
     *
     * @param by the participant whose lock the caller has
     */
    boolean reap(int slot, int dead, int by) {
        if (OwnershipWord.isInWord(dead)) {
            if (changeFreeing(slot, word -> Transitions.release(word, dead))) {
                return true;
            }
        } else if (hasBit(slot, dead)) {
            clearBit(slot, dead);
        }
        // Any participant may have died while it looked for further holders, or just before.
        return freeIfNoFurtherHolder(slot, by);
    }

    /**
     * Looks, in the name of a participant, whether any of the further holders is left, and if none is, says so in the
     * word: the last claim frees the slot then. Returns whether that freed it.
     *
     * @param by the participant whose lock the caller has
     */
    boolean freeIfNoFurtherHolder(int slot, int by) {
        if (OwnershipWord.further(word(slot)) == OwnershipWord.NONE) {
            return false;
        }
        synchronized (looking) {
            if (!change(slot, word -> Transitions.look(word, by))) {
                return false;
            }
            FaultPoint.LOOKING_FOR_FURTHER_HOLDERS.reached();
            return !hasFurtherHolder(slot, -1) && changeFreeing(slot, word -> Transitions.noneLeft(word, by));
        }
    }

    /** Seals what the participant, which has no bit in the word, holds alone; false if it does not. */
    boolean sealAlone(int slot, int participant) {
        synchronized (looking) {
            return change(slot, word -> Transitions.look(word, participant))
                    && !hasFurtherHolder(slot, participant)
                    && change(slot, word -> Transitions.sealLookedAt(word, participant));
        }
    }

    void nextGeneration(int slot) {
        Memory.putLongVolatile(generationAddress(slot), generation(slot) + 1);
    }

    void setLength(int slot, long length) {
        Memory.putLong(registry.address(slot) + SlotRecord.LENGTH, length);
    }

    /** By who is about to seal it. */
    public void setChecksum(int slot, long checksum) {
        Memory.putLong(registry.address(slot) + SlotRecord.CHECKSUM, checksum);
    }

    void setCreator(int slot, int participant, long processId) {
        Memory.putInt(registry.address(slot) + SlotRecord.CREATOR, participant + 1);
        Memory.putInt(registry.address(slot) + SlotRecord.CREATOR_PROCESS_ID, (int) processId);
    }

    /**
     * One name more, whose manifest appears later; false if the participant cannot name the slot. The bit comes before the
     * count, so that what is counted is held at every instant. Under the names lock.
     */
    boolean addName(int slot, int participant) {
        if (!change(slot, word -> Transitions.name(word, participant))) {
            return false;
        }
        FaultPoint.NAMED_NOT_COUNTED.reached();
        setNames(slot, names(slot) + 1);
        return true;
    }

    /** One name less, whose manifest is gone; returns whether that freed the slot. Under the names lock. */
    boolean removeName(int slot) {
        return settleNames(slot, Math.max(0, names(slot) - 1));
    }

    /** So many names are left; returns whether that freed the slot. The count comes before the bit. Under the names lock. */
    boolean settleNames(int slot, long left) {
        if (names(slot) != left) {
            setNames(slot, left);
        }
        if (left != 0 || !OwnershipWord.isNamed(word(slot))) {
            return false;
        }
        FaultPoint.UNCOUNTED_STILL_NAMED.reached();
        return changeFreeing(slot, Transitions::unname);
    }

    private void setNames(int slot, long names) {
        Memory.putLongVolatile(registry.address(slot) + SlotRecord.NAMES, names);
    }

    /** Whether somebody outside may still have a lease from an earlier use. Stays until {@link #forgetLent}. */
    boolean wasLent(int slot) {
        return lentGeneration(slot) != 0;
    }

    /** The caller holds the slot and is about to tell runtimes other than JVMs of its generation. */
    void rememberLent(int slot) {
        Memory.putLongVolatile(registry.address(slot) + SlotRecord.LENT_GENERATION, generation(slot));
        Memory.putLongVolatile(everLent.address(), 1);
    }

    /** The caller has given the slot a new generation and then seen that nobody has a lease. */
    void forgetLent(int slot) {
        Memory.putLong(registry.address(slot) + SlotRecord.LENT_GENERATION, 0);
    }

    private boolean hasFurtherHolder(int slot, int except) {
        boolean found = false;
        for (int first = OwnershipWord.IN_WORD; first < OwnershipWord.PARTICIPANTS; first += Long.SIZE) {
            long bits = Memory.getLongVolatile(furtherAddress(slot, first));
            boolean isHere = except >= first && except < first + Long.SIZE;
            found |= (isHere ? bits & ~FurtherHolders.bit(except) : bits) != 0;
        }
        return found;
    }

    private void clearBit(int slot, int participant) {
        changeBit(slot, participant, false);
        FaultPoint.FURTHER_HOLD_GIVEN_UP.reached();
    }

    private void changeBit(int slot, int participant, boolean set) {
        long address = furtherAddress(slot, participant);
        long bit = FurtherHolders.bit(participant);
        long old;
        do {
            old = Memory.getLongVolatile(address);
        } while (!Memory.compareAndSetLong(address, old, set ? old | bit : old & ~bit));
    }

    private long furtherAddress(int slot, int participant) {
        return registry.address(slot) + FurtherHolders.offset(participant);
    }

    private MappedFile mapped(SafePath file, long bytes) {
        MappedFile mapped = MappedFile.map(file, bytes);
        closing.push(mapped::close);
        return mapped;
    }

    private long generationAddress(int slot) {
        return generations.address() + (long) slot * PoolFiles.GENERATION_BYTES;
    }
}
