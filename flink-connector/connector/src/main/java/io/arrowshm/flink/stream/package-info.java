/**
 * The operators at both ends of an edge that segments travel by reference on, and the pools that they share in a
 * process. May use {@code type}.
 */
@NullMarked
package io.arrowshm.flink.stream;

import org.jspecify.annotations.NullMarked;
