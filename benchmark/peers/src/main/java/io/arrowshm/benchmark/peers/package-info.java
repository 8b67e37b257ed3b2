/**
 * This project and other ways to hand large arrays to a worker process, on the same two tasks: the contestants, the
 * Python environments that some need, the processes, and the results. May use {@code jvm}, the
 * console library and what the benchmarks have in common.
 */
@NullMarked
package io.arrowshm.benchmark.peers;

import org.jspecify.annotations.NullMarked;
