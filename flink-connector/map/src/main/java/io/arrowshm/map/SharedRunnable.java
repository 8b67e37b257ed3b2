package io.arrowshm.map;

import java.io.Serializable;

/** A Runnable that can go to another process: a lambda in the place of one of these is serialisable. */
@FunctionalInterface
public interface SharedRunnable extends Runnable, Serializable {}
