/**
 * Publishes the segments of a stream as datasets, each when the checkpoint that covers it completes. May use arrow-shm,
 * Flink's sink interfaces and the pools of the process.
 */
@NullMarked
package io.arrowshm.flink.sink;

import org.jspecify.annotations.NullMarked;
