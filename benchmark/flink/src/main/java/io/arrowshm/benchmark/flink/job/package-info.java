/** The Flink jobs that are measured: a source, what fills arrays, what passes them on, what reads them. May use {@code record}. */
@NullMarked
package io.arrowshm.benchmark.flink.job;

import org.jspecify.annotations.NullMarked;
