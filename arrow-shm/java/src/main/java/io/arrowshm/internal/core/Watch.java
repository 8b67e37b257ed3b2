package io.arrowshm.internal.core;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * Sees to it that memory is given back: when its owner is closed or, if that was forgotten, once nobody can reach the watch
 * any more, which the owner keeps. A writer hands its watch over to the segment that it seals: to begin and to end one
 * takes about as long as everything else in making a small segment. Any thread.
 */
public final class Watch {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Duty duty;
    private final Cleaner.Cleanable cleanable;

    public Watch(Held held) {
        duty = new Duty(held);
        cleanable = CLEANER.register(this, duty);
    }

    /** From now on that is to be given back, in place of what was. By the owner's thread. */
    public void handOver(Held next) {
        try {
            duty.held = next;
        } finally {
            // So that the Cleaner's thread sees it.
            Reference.reachabilityFence(this);
        }
    }

    /** Gives back now. Idempotent. */
    public void end() {
        duty.forgotten = false;
        cleanable.clean();
    }

    /** What is to be given back. */
    public interface Held {
        /**
         * Called once at most, by whoever closes the owner, or by the Cleaner.
         *
         * @param forgotten whether it was not closed
         */
        void giveBack(boolean forgotten);
    }

    /** Apart from the watch, which it must not keep reachable. */
    private static final class Duty implements Runnable {
        private Held held;
        private boolean forgotten = true;

        Duty(Held held) {
            this.held = held;
        }

        @Override
        public void run() {
            held.giveBack(forgotten);
        }
    }
}
