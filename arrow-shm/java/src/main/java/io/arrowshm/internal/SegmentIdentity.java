package io.arrowshm.internal;

/**
 * Which segment of a pool, for as long as somebody holds it.
 *
 * @param slot of the registry
 * @param generation of the slot
 * @param length in bytes
 */
public record SegmentIdentity(int slot, long generation, long length) {}
