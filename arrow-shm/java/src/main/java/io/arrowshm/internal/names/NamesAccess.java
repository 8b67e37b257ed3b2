package io.arrowshm.internal.names;

import java.util.function.Function;

/** How to get at the names of a pool that another thread may close at any time. Any thread. */
public interface NamesAccess {
    /**
     * Runs an action on them. It is to be short, since closing the pool waits for it.
     *
     * @throws io.arrowshm.error.SharedMemoryException CLOSED
     */
    <T> T with(Function<Names, T> action);
}
