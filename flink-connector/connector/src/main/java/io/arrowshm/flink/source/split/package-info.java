/**
 * What a source reads: partitions of the segments of datasets, and how far they have been read. May use arrow-shm and
 * Flink's source interfaces only.
 */
@NullMarked
package io.arrowshm.flink.source.split;

import org.jspecify.annotations.NullMarked;
