package io.arrowshm.internal.allocator;

/**
 * The memory of one slot, mapped in this process.
 *
 * @param slot index in the registry
 * @param address of the first byte, a multiple of 64
 * @param bytes size
 */
public record Block(int slot, long address, long bytes) {}
