/** The types of records in which Flink moves an array by value. May use nothing of this module. */
@NullMarked
package io.arrowshm.benchmark.e2e.record;

import org.jspecify.annotations.NullMarked;
