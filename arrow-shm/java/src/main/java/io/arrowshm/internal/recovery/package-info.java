/**
 * Takes back what the dead have left: liveness, sweeps and the reaper. May use {@code registry},
 * {@code allocator} and {@code names}.
 */
@NullMarked
package io.arrowshm.internal.recovery;

import org.jspecify.annotations.NullMarked;
