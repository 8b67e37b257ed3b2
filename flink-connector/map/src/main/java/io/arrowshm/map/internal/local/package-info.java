/** Workers that a context has started on this machine: a Flink cluster of processes, which it watches and ends. */
@NullMarked
package io.arrowshm.map.internal.local;

import org.jspecify.annotations.NullMarked;
