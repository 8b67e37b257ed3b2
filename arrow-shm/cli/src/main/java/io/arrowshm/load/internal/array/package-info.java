/**
 * Arrays in files whose elements lie behind each other, NPY, NPZ and IDX, and what all formats of arrays need: the array that
 * is made, and its elements as they lie in memory. No library but the JDK's. May use {@code internal}.
 */
@NullMarked
package io.arrowshm.load.internal.array;

import org.jspecify.annotations.NullMarked;
