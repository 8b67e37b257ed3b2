package io.arrowshm.cluster;

/**
 * Closes something once: when it is told to, or when this JVM is asked to stop, whichever comes first. The shutdown hook
 * that does so is removed again. Any thread; whoever comes second waits until all is closed, so {@link #close} must not be
 * called by a thread that holds a lock which the closing wants.
 */
public final class CloseOnExit implements AutoCloseable {
    private final Runnable closing;
    private final Thread hook;
    private boolean closed;

    /**
     * Does nothing yet.
     *
     * @param name of the thread that closes when this JVM stops
     * @param closing closes everything; called once
     */
    public CloseOnExit(String name, Runnable closing) {
        this.closing = closing;
        hook = new Thread(this::close, name);
    }

    /**
     * From now on, what there is to close is also closed when this JVM stops.
     *
     * @throws IllegalStateException if this JVM is being stopped already
     */
    public void begin() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Closes everything; further calls do nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            removeHook();
            closing.run();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is what closes, or runs beside it.
        }
    }
}
