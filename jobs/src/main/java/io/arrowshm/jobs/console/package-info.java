/**
 * What commands have in common: one line, never a stack trace, when something is wrong, and results for programs. May use the
 * loaders, whose errors it knows, and Flink, in whose errors it looks for them.
 */
@NullMarked
package io.arrowshm.jobs.console;

import org.jspecify.annotations.NullMarked;
