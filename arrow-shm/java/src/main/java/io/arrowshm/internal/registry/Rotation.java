package io.arrowshm.internal.registry;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Which of many places are looked at in a round: at most so many of those that are in use, and in the next round those
 * that follow. To look at one is a system call, and all participants look at all others: what each does in a round must not
 * grow with their number. The more they are, the sooner one of them is at any given place. One thread.
 */
final class Rotation {
    private final int first;
    private final int end;
    private int next;

    Rotation(int first, int end) {
        this.first = first;
        this.end = end;
        // So that processes which were started together look at different places.
        this.next = first + (int) (ProcessHandle.current().pid() % (end - first));
    }

    void forUpTo(int most, IntPredicate isUsed, IntConsumer look) {
        int looked = 0;
        for (int passed = 0; passed < end - first && looked < most; passed++) {
            int place = next;
            next = place + 1 == end ? first : place + 1;
            if (isUsed.test(place)) {
                looked++;
                look.accept(place);
            }
        }
    }
}
