/**
 * A worker in a process of its own: what it does for the clients that are connected to it, and the Flink source that runs
 * one in each of its subtasks.
 */
@NullMarked
package io.arrowshm.map.internal.worker;

import org.jspecify.annotations.NullMarked;
