/**
 * What users call: segments on Flink's data streams. May use every other package of this module and the public packages
 * of arrow-shm.
 */
@NullMarked
package io.arrowshm.flink;

import org.jspecify.annotations.NullMarked;
