/**
 * N-dimensional arrays over a piece of memory, in formats that NumPy and Arrow read in place. May use {@code memory} and
 * {@code error}.
 */
@NullMarked
package io.arrowshm.array;

import org.jspecify.annotations.NullMarked;
