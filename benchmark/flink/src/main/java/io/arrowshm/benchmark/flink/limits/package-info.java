/**
 * What a machine and Flink can do at best, to set beside what an exchange does: copies of memory, loopback TCP, cache lines
 * between processes, small records. May use {@code cluster}, {@code job}'s places and exceptions, and {@code report}.
 */
@NullMarked
package io.arrowshm.benchmark.flink.limits;

import org.jspecify.annotations.NullMarked;
