/**
 * What users of the pool touch: pools, segments and the references to them. May use every other package of this
 * module; none of Flink.
 */
@NullMarked
package io.arrowshm;

import org.jspecify.annotations.NullMarked;
