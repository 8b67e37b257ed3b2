package io.arrowshm.map;

import java.io.Serializable;

/**
 * A function that a worker calls once: {@link Shm#submit}. What it captures goes as with a {@link Kernel}.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface Task<A, R> extends Serializable {
    /**
     * Does it. Its thread is interrupted if the task is cancelled.
     *
     * @param argument with arrays that are its own to change, unless they are {@link Submit.Arguments#SHARE shared}
     */
    R apply(A argument) throws Exception;
}
