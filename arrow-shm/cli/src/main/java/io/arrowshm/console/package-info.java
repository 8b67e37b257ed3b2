/**
 * What commands have in common: options, tables, progress, results for programs, and one line when something is wrong.
 * Knows nothing else of ours, and no Flink; is told which failures are the user's.
 */
@NullMarked
package io.arrowshm.console;

import org.jspecify.annotations.NullMarked;
