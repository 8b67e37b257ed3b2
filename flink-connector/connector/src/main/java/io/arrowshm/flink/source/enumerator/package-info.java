/**
 * The part of a source that runs in the JobManager: finds datasets, cuts them into splits, gives these to readers. May
 * use {@code split} and the pools of the process.
 */
@NullMarked
package io.arrowshm.flink.source.enumerator;

import org.jspecify.annotations.NullMarked;
