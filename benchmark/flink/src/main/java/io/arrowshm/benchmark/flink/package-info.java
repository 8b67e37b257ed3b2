/**
 * The benchmark that runs whole jobs on real clusters of separate processes: what is compared, in which order, and the
 * results. May use {@code job}, {@code record}, and the local cluster of the module {@code jobs}.
 */
@NullMarked
package io.arrowshm.benchmark.flink;

import org.jspecify.annotations.NullMarked;
