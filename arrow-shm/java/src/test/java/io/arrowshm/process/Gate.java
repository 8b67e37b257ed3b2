package io.arrowshm.process;

/** Where threads wait while they are not to work. Any thread. */
final class Gate {
    private final int threads;
    private boolean open;
    private int waiting;

    /** @param threads that pass; it is closed at first */
    Gate(int threads) {
        this.threads = threads;
    }

    synchronized void open() {
        open = true;
        notifyAll();
    }

    /** Returns when all threads wait. */
    synchronized void close() throws InterruptedException {
        open = false;
        while (waiting < threads) {
            wait();
        }
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** Returns when it is open. */
    synchronized void pass() throws InterruptedException {
        waiting++;
        notifyAll();
        while (!open) {
            wait();
        }
        waiting--;
    }
}
