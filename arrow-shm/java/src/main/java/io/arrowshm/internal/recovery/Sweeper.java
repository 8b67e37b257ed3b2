package io.arrowshm.internal.recovery;

import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.names.Repaired;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Reclaimer;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;

/**
 * Takes back what the dead have left: the holds of dead participants, their names, what void epochs had in flight, and
 * what was lent to runtimes that have no lease any more. Several processes may sweep at once, participants or not, and
 * each may die at any point: everything is done again under the lock of the one who is swept. Any thread.
 */
public final class Sweeper {
    private static final int MOST_IN_A_ROUND = 32;

    private final Participants participants;
    private final Epochs epochs;
    private final int place;
    private final Reclaimer reclaimer;
    private final IntSupplier slotsInUse;
    private final Names names;
    private final Runnable deleteUnlistedSlabs;

    /**
     * What sweeps.
     *
     * @param place whose lock the caller has
     * @param slotsInUse one past the highest slot that has a slab, now
     * @param deleteUnlistedSlabs deletes the files of slabs whose creators died before they existed, unless another
     *     process is just creating one, which has deleted them
     */
    public Sweeper(
            Participants participants,
            Epochs epochs,
            int place,
            Reclaimer reclaimer,
            IntSupplier slotsInUse,
            Names names,
            Runnable deleteUnlistedSlabs) {
        this.participants = participants;
        this.epochs = epochs;
        this.place = place;
        this.reclaimer = reclaimer;
        this.slotsInUse = slotsInUse;
        this.names = names;
        this.deleteUnlistedSlabs = deleteUnlistedSlabs;
    }

    /**
     * What one round took back.
     *
     * @param participants that were dead
     * @param epochs that were void and whose indices can be used again
     * @param datasets that were to end with their creators
     * @param slots that were freed
     */
    public record Swept(int participants, int epochs, int datasets, BitSet slots) {
        public boolean isNothing() {
            return participants == 0 && epochs == 0 && datasets == 0 && slots.isEmpty();
        }
    }

    /** Looks at everything once; cheap when nobody has died and no epoch has ended. */
    public Swept sweep() {
        return sweep(Integer.MAX_VALUE);
    }

    /**
     * Looks at some participants and epochs, and in the next round at those that follow: what it costs does not grow with
     * their number, and all participants together look at each as often as if they were few.
     */
    public Swept sweepSome() {
        return sweep(MOST_IN_A_ROUND);
    }

    private Swept sweep(int most) {
        BitSet freed = new BitSet();
        int[] datasets = {0};
        int dead = participants.reapDead(most, p -> datasets[0] += reap(p, freed));
        datasets[0] += repairNames(freed);
        int ended = epochs.voidEnded(
                most, epoch -> forEachSlot(slot -> at(FaultPoint.VOIDING, reclaimer.voidEpoch(slot, epoch)), freed));
        if (reclaimer.hasEverLent()) {
            forEachSlot(reclaimer::returnLent, freed);
        }
        return new Swept(dead, ended, datasets[0], freed);
    }

    /** Takes every hold of a participant away, and the names that end with it; the caller has the lock of its byte. */
    public void reap(int participant) {
        reap(participant, new BitSet());
    }

    /** Returns the number of datasets that ended. */
    private int reap(int participant, BitSet freed) {
        forEachSlot(slot -> at(FaultPoint.REAPING, reclaimer.reap(slot, participant, place)), freed);
        // While its mark still stands: if this process dies now, the other is reaped again with all of this.
        deleteUnlistedSlabs.run();
        names.requestRepair();
        return repairNames(freed);
    }

    private int repairNames(BitSet freed) {
        Repaired repaired = names.repairIfDue();
        freed.or(repaired.freedSlots());
        return repaired.datasets();
    }

    private static boolean at(FaultPoint place, boolean freed) {
        if (freed) {
            place.reached();
        }
        return freed;
    }

    private void forEachSlot(IntPredicate frees, BitSet freed) {
        int end = slotsInUse.getAsInt();
        for (int slot = 0; slot < end; slot++) {
            if (frees.test(slot)) {
                freed.set(slot);
            }
        }
    }
}
