package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.ArrayMemory;

/** Looks at arrays, which this package knows nothing of. */
@FunctionalInterface
public interface ArrayLook {
    /**
     * What an array is, for people: its type and its shape.
     *
     * @throws SharedMemoryException CORRUPT if what is in the memory is no array that can be read in place
     */
    String describe(ArrayMemory memory);
}
