package io.arrowshm.jobs.images;

/**
 * What was there after everything had stopped; all zero if all went well.
 *
 * @param segments segments still held or in flight
 * @param processes processes of the cluster still alive
 */
record Leftovers(long segments, long processes) {}
