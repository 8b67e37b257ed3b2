/**
 * Size classes, slabs, recycling and the budget of a pool. May use {@code registry} and what that uses.
 */
@NullMarked
package io.arrowshm.shm.allocator;

import org.jspecify.annotations.NullMarked;
