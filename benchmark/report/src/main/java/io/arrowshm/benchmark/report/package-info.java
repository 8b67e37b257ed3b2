/**
 * What the benchmarks have in common: the machine that they ran on, their rounds and their progress, and how the figures of
 * several runs are shown, to people and to programs. May use the console library.
 */
@NullMarked
package io.arrowshm.benchmark.report;

import org.jspecify.annotations.NullMarked;
