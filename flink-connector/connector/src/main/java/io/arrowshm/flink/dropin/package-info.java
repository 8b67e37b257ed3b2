/**
 * Drop-in mode: primitive arrays in the records of jobs that nobody rewrites travel by reference where that can be proved
 * to be safe, and by value elsewhere. May use {@code stream}, arrow-shm, and, by reflection, parts of Flink's runtime.
 */
@NullMarked
package io.arrowshm.flink.dropin;

import org.jspecify.annotations.NullMarked;
