/**
 * Arrow in place: the arena that vectors allocate from, sealing into a valid Arrow IPC file, and opening without a
 * copy. May use {@code memory} and {@code error}.
 */
@NullMarked
package io.arrowshm.internal.arrow;

import org.jspecify.annotations.NullMarked;
