/**
 * What people at a terminal are told when something is wrong: one line, never a stack trace. May use the loaders, whose
 * errors it knows, and Flink, in whose errors it looks for them.
 */
@NullMarked
package io.arrowshm.jobs.console;

import org.jspecify.annotations.NullMarked;
