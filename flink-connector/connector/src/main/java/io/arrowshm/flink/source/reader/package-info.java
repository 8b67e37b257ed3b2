/**
 * The part of a source that runs in the TaskManagers: reads splits in place. May use {@code split} and the pools of the
 * process.
 */
@NullMarked
package io.arrowshm.flink.source.reader;

import org.jspecify.annotations.NullMarked;
