/**
 * Lines over an axis, drawn as SVG: with labelled ticks, and each line named where it ends. Knows nothing of what is
 * measured.
 */
@NullMarked
package io.arrowshm.benchmark.flink.plot;

import org.jspecify.annotations.NullMarked;
