package io.arrowshm.map.internal.parcel;

import java.io.Serializable;

/**
 * Stands for an array on the heap in a parcel, which is copied through the pool.
 *
 * @param segment which of those that travel with the parcel has its elements
 */
record HeapToken(int segment) implements Serializable {}
