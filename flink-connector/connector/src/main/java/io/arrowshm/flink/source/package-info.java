/**
 * What users call to read datasets as a stream. May use {@code split}, {@code enumerator}, {@code reader} and the type
 * of segments.
 */
@NullMarked
package io.arrowshm.flink.source;

import org.jspecify.annotations.NullMarked;
