package io.arrowshm.internal.registry.model;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfProcess;
import io.arrowshm.internal.registry.model.State.OfProcessSlot;
import io.arrowshm.internal.registry.model.State.OfSlot;

/** One actor taking one step: it changes the state that it is given. */
final class Turn {
    static final long REFUSED = ShippedTransitions.REFUSED;

    private final State state;
    private final int actor;
    private final int process;
    private final Setting setting;

    Turn(State state, int actor, int process, Setting setting) {
        this.state = state;
        this.actor = actor;
        this.process = process;
        this.setting = setting;
    }

    State state() {
        return state;
    }

    int actor() {
        return actor;
    }

    int participants() {
        return state.participants();
    }

    /** The process of the actor, which is a participant where the program is one of a participant. */
    int participant() {
        return process;
    }

    /** The place that the actor's process has. */
    int place() {
        return setting.place(process);
    }

    boolean isInWord(int participant) {
        return OwnershipWord.isInWord(setting.place(participant));
    }

    /** Sets or clears a participant's bit among the further holders. */
    void setFurther(int participant, boolean held) {
        int bits = get(OfSlot.FURTHER) & ~(1 << participant);
        set(OfSlot.FURTHER, held ? bits | 1 << participant : bits);
    }

    int slot() {
        return get(OfActor.SLOT);
    }

    int wanted() {
        return get(OfActor.WANTED);
    }

    int get(OfActor field) {
        return state.get(field, actor);
    }

    void set(OfActor field, int value) {
        state.set(field, actor, value);
    }

    int get(OfSlot field) {
        return state.get(field, slot());
    }

    void set(OfSlot field, int value) {
        state.set(field, slot(), value);
    }

    long word() {
        return state.word(slot());
    }

    boolean isSameGeneration() {
        return get(OfSlot.GENERATION) == wanted();
    }

    boolean isHolding() {
        return get(OfActor.HANDLE) != 0;
    }

    int localCount() {
        return state.get(OfProcessSlot.LOCAL_COUNT, process, slot());
    }

    /** Stores the word, unless it is {@link #REFUSED}; returns whether it did. */
    boolean write(int slot, long next) {
        if (next == REFUSED) {
            return false;
        }
        long old = state.word(slot);
        state.setWord(slot, next);
        Properties.checkChange(state, slot, old, next);
        return true;
    }

    /** Enters the monitor of the slot in this JVM. */
    boolean lockStripe() {
        int owner = state.get(OfProcessSlot.STRIPE, process, slot());
        state.set(OfProcessSlot.STRIPE, process, slot(), actor + 1);
        return owner == 0 || owner == actor + 1;
    }

    void unlockStripe() {
        state.set(OfProcessSlot.STRIPE, process, slot(), 0);
    }

    boolean lock(Of lock) {
        int owner = state.get(lock);
        state.set(lock, actor + 1);
        return owner == 0 || owner == actor + 1;
    }

    /** Takes the shared lock of those outside who write, unless somebody keeps them off. */
    boolean lockToWrite() {
        boolean isKeptOff = (get(OfSlot.WRITERS) & State.EXCLUSIVE) != 0;
        set(OfSlot.WRITERS, get(OfSlot.WRITERS) | 1 << actor);
        return !isKeptOff;
    }

    /** Takes the same lock, exclusive; false if somebody has it. */
    boolean tryKeepWritersOff() {
        boolean isFree = get(OfSlot.WRITERS) == 0;
        set(OfSlot.WRITERS, isFree ? State.EXCLUSIVE | 1 << actor : get(OfSlot.WRITERS));
        return isFree;
    }

    boolean keepsWritersOff() {
        return get(OfSlot.WRITERS) == (State.EXCLUSIVE | 1 << actor);
    }

    /** Gives that lock back, shared or exclusive. */
    void unlockWriters() {
        set(OfSlot.WRITERS, keepsWritersOff() ? 0 : get(OfSlot.WRITERS) & ~(1 << actor));
    }

    /** Takes a shared lock of the epoch's byte; its own lock has fallen. */
    boolean lockEpoch() {
        state.set(Of.EPOCH_LOCK, state.get(Of.EPOCH_LOCK) | 1 << actor);
        return true;
    }

    /** Whether the shared lock can be made exclusive. */
    boolean isAloneWithEpoch() {
        return state.get(Of.EPOCH_LOCK) == 1 << actor;
    }

    /** Takes a shared lock of a participant's byte, whose own lock falls when it dies. */
    boolean lockPlace(int participant) {
        boolean isDead = state.get(OfProcess.ALIVE, participant) == 0;
        state.set(OfProcess.SWEPT, participant, state.get(OfProcess.SWEPT, participant) | 1 << actor);
        return isDead;
    }

    /** The next word, or {@link #REFUSED} if that has happened often enough on this path. */
    long within(Of budget, long next) {
        return state.get(budget) > 0 ? next : REFUSED;
    }

    /** Counts something that may happen so many times on a path; false if it may not any more. */
    boolean spend(Of budget) {
        int left = state.get(budget);
        state.set(budget, Math.max(0, left - 1));
        return left > 0;
    }

    /** The handle that the actor has from now on; counted in its JVM. */
    void opened(int generation) {
        set(OfActor.HANDLE, generation);
        addToLocalCount(1);
    }

    /** Returns the count that is left. */
    int closed() {
        set(OfActor.HANDLE, 0);
        set(OfActor.WRITABLE, 0);
        set(OfActor.SLAB, 0);
        addToLocalCount(-1);
        return localCount();
    }

    private void addToLocalCount(int change) {
        state.set(OfProcessSlot.LOCAL_COUNT, process, slot(), localCount() + change);
    }
}
