package io.arrowshm.shm.inspect;

/**
 * What was taken back.
 *
 * @param participants that were dead
 * @param epochs that were void
 * @param segments that nobody claimed any more then
 * @param bytes of their blocks
 * @param slabFiles of slabs whose creators died before they existed
 * @param leftovers directories that killed builders or removers of pools of this name left
 */
public record Reclaimed(int participants, int epochs, int segments, long bytes, int slabFiles, int leftovers) {}
