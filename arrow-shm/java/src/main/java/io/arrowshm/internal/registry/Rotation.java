package io.arrowshm.internal.registry;

import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Which of many places are looked at in a round: at most so many of those that are in use, and in the next round those
 * that follow. To look at one is a system call, and all participants look at all others: what each does in a round must not
 * grow with their number. The more they are, the sooner one of them is at any given place. Which ones are in use is a matter of
 * reading, of thousands of places though, and so is read anew in some rounds only: what has ended in its first second may be
 * found as late as that. One thread.
 */
final class Rotation {
    /** Ten times a second there is a round. */
    private static final int ROUNDS_A_READING = 8;

    private final int first;
    private final int end;
    private final BitSet inUse = new BitSet();
    private int next;
    private int rounds;

    Rotation(int first, int end) {
        this.first = first;
        this.end = end;
        // So that processes which were started together look at different places.
        this.next = first + (int) (ProcessHandle.current().pid() % (end - first));
    }

    void forUpTo(int most, IntPredicate isUsed, IntConsumer look) {
        if (most >= end - first || rounds++ % ROUNDS_A_READING == 0) {
            read(isUsed);
        }
        int looked = 0;
        for (int left = inUse.cardinality(); left > 0 && looked < most; left--) {
            int place = inUse.nextSetBit(next);
            if (place < 0) {
                place = inUse.nextSetBit(first);
            }
            next = place + 1;
            if (isUsed.test(place)) {
                looked++;
                look.accept(place);
            }
        }
    }

    private void read(IntPredicate isUsed) {
        for (int place = first; place < end; place++) {
            inUse.set(place, isUsed.test(place));
        }
    }
}
