package io.arrowshm.internal.recovery;

/** Of the threads that a pool has in a process. */
public final class Threads {
    private Threads() {}

    /** Returns when the thread has ended, so that the pool can be unmapped; whoever is interrupted meanwhile stays so. */
    public static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
