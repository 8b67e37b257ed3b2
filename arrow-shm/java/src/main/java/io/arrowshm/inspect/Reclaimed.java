package io.arrowshm.inspect;

import org.jspecify.annotations.Nullable;

/**
 * What was taken back.
 *
 * @param participants that were dead
 * @param epochs that were void
 * @param datasets that were to end with their creators
 * @param segments that nobody claimed any more then
 * @param bytes of their blocks
 * @param slabFiles of slabs whose creators died before they existed
 * @param leftovers directories that killed builders or removers of pools of this name left
 * @param namesNotRepaired why names were not repaired; null if they were
 */
public record Reclaimed(
        int participants,
        int epochs,
        int datasets,
        int segments,
        long bytes,
        int slabFiles,
        int leftovers,
        @Nullable String namesNotRepaired) {}
