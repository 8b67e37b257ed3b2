package io.arrowshm.map;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A Callable that can go to another process: a lambda in the place of one of these is serialisable.
 *
 * @param <R> the result
 */
@FunctionalInterface
public interface SharedCallable<R> extends Callable<R>, Serializable {}
