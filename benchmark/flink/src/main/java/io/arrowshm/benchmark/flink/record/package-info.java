/** The types of records in which Flink moves an array by value. May use nothing of this module. */
@NullMarked
package io.arrowshm.benchmark.flink.record;

import org.jspecify.annotations.NullMarked;
