package io.arrowshm.internal.allocator;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.Ownership;

/**
 * The larger blocks that this process uses instead of smaller ones because they are free and warm, while the budget is
 * used up. They are bounded: what they leave unused is at most a sixteenth of the budget, so that the memory of a
 * workload that changes for good goes over to its new sizes. Any thread.
 */
final class StandIns {
    private static final int MOST = 64;
    private static final int SHARE_OF_BUDGET = 16;

    private final Ownership ownership;
    private final long mostBytesUnused;
    private final StandIn[] inUse = new StandIn[MOST];
    private int count;

    StandIns(Ownership ownership, long budget) {
        this.ownership = ownership;
        mostBytesUnused = budget / SHARE_OF_BUDGET;
    }

    /** Whether one more may be used that leaves so many bytes unused. */
    synchronized boolean hasRoom(long bytesUnused) {
        long sum = bytesUnused;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isInUse(inUse[i])) {
                sum += inUse[i].bytesUnused;
                inUse[kept++] = inUse[i];
            }
        }
        count = kept;
        return count < MOST && sum <= mostBytesUnused;
    }

    /** Notes a block that was just allocated. */
    synchronized void add(int slot, long bytesUnused) {
        if (count < MOST) {
            inUse[count++] = new StandIn(slot, ownership.slots().generation(slot), bytesUnused);
        }
    }

    private boolean isInUse(StandIn standIn) {
        int state = OwnershipWord.state(ownership.slots().word(standIn.slot));
        return ownership.slots().generation(standIn.slot) == standIn.generation
                && state != OwnershipWord.FREE
                && state != OwnershipWord.UNBACKED;
    }

    private record StandIn(int slot, long generation, long bytesUnused) {}
}
