/** What the jobs of a benchmark run on. May use the pool, the local cluster of the module {@code jobs}, and {@code job}'s places. */
@NullMarked
package io.arrowshm.benchmark.flink.cluster;

import org.jspecify.annotations.NullMarked;
