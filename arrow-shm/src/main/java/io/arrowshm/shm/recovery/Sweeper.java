package io.arrowshm.shm.recovery;

import io.arrowshm.shm.allocator.BlockAllocator;
import io.arrowshm.shm.names.Names;
import io.arrowshm.shm.registry.Epochs;
import io.arrowshm.shm.registry.Ownership;
import io.arrowshm.shm.registry.Participants;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * Takes back what the dead have left: the holds of dead participants, their names, what void epochs had in flight, and
 * what was lent to runtimes that have no lease any more. Several processes may sweep at once and each may die at any point: everything is done again under the lock of the one who is
 * swept. Any thread.
 */
public final class Sweeper {
    private final Participants participants;
    private final Epochs epochs;
    private final Ownership ownership;
    private final Names names;
    private final IntSupplier slotsInUse;

    public Sweeper(
            Participants participants, Epochs epochs, Ownership ownership, BlockAllocator allocator, Names names) {
        this.participants = participants;
        this.epochs = epochs;
        this.ownership = ownership;
        this.names = names;
        this.slotsInUse = allocator::slotsInUse;
    }

    /** One round; cheap when nobody has died and no epoch has ended. */
    public void sweep() {
        participants.reapDead(this::reap);
        names.repairIfDue();
        epochs.voidEnded(epoch -> forEachSlot(slot -> ownership.voidEpoch(slot, epoch)));
        if (ownership.slots().hasEverLent()) {
            forEachSlot(ownership::returnLent);
        }
    }

    /** Takes every hold of a participant away, and the names that end with him; the caller has the lock of his byte. */
    public void reap(int participant) {
        forEachSlot(slot -> ownership.reap(slot, participant));
        // Asked for while his mark still stands: if this process dies now, he is reaped and it is asked for again.
        names.requestRepair();
        names.repairIfDue();
    }

    private void forEachSlot(IntConsumer action) {
        int end = slotsInUse.getAsInt();
        for (int slot = 0; slot < end; slot++) {
            action.accept(slot);
        }
    }
}
