/**
 * Size classes, slabs, recycling and the budget of a pool. May use {@code registry} and what that uses.
 */
@NullMarked
package io.arrowshm.internal.allocator;

import org.jspecify.annotations.NullMarked;
