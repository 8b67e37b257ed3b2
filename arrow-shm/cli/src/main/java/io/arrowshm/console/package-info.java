/**
 * What commands have in common: one line, never a stack trace, when something is wrong, and results for programs. Knows
 * nothing else of ours, and no Flink.
 */
@NullMarked
package io.arrowshm.console;

import org.jspecify.annotations.NullMarked;
