/**
 * A pool that this process has open, and the memory of segments in it and outside: what the handles that users see are
 * made of. Knows none of these. May use every other internal package below it; none of arrays and datasets.
 */
@NullMarked
package io.arrowshm.internal.core;

import org.jspecify.annotations.NullMarked;
