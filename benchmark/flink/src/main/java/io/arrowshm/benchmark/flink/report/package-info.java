/** How figures of several runs are shown, to people and to programs. */
@NullMarked
package io.arrowshm.benchmark.flink.report;

import org.jspecify.annotations.NullMarked;
