/**
 * This project and other ways to hand large arrays to a worker process, on the same two tasks: the contestants, the
 * Python environments that some need, the processes, and the results. May use {@code jvm} and the console of {@code jobs}.
 */
@NullMarked
package io.arrowshm.benchmark.flink.peers;

import org.jspecify.annotations.NullMarked;
