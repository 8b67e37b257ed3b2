/**
 * A parallel map over shared arrays: {@link io.arrowshm.map.Shm} is a context, in whose workers kernels run; what they write
 * into shared arrays is there when the call returns. The same call runs serially, in threads, in processes and on a Flink
 * cluster. What is in {@code internal} may change at any time.
 */
@NullMarked
package io.arrowshm.map;

import org.jspecify.annotations.NullMarked;
