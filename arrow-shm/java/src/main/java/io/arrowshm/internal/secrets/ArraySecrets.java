package io.arrowshm.internal.secrets;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.ArrayMemory;

/**
 * How arrays are made and opened in place.
 *
 * @param <S> what an array is to be
 * @param <A> an array that is read
 * @param <M> an array that is written
 */
public interface ArraySecrets<S, A, M> {
    /**
     * Makes an array: writes what stands around the data and does not touch the data, which may be anything until it is
     * written.
     *
     * @param memory of exactly as many bytes as the array takes
     * @throws SharedMemoryException ARGUMENT, CLOSED
     */
    M create(ArrayMemory memory, S spec);

    /** Whether the memory may hold an array; cheap, {@link #open} looks closer. */
    boolean isArray(long address, long length);

    /**
     * Opens an array to be read.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are no array that can be read in place, CLOSED
     */
    A open(ArrayMemory memory);

    /**
     * What an array is, for people: its type and its shape.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are no array that can be read in place, CLOSED
     */
    String describe(ArrayMemory memory);

    /**
     * Opens an array to be read and written; the memory is known to be writable.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are no array that can be read in place, CLOSED
     */
    M openMutable(ArrayMemory memory);

    /** The memory that an array or a view lies in. */
    ArrayMemory memory(A array);

    /** Where in its memory the first element of an array or a view lies. */
    long offset(A array);

    /** Which elements of its memory an array or a view has, and what they are: as bytes, for {@link #openView}. */
    byte[] encodeView(A array);

    /**
     * Opens what {@link #encodeView} has described, in memory that is laid out alike.
     *
     * @param writable whether the result is one that is written; the memory is known to be writable then
     * @throws SharedMemoryException CORRUPT if there cannot be such a view in this memory, CLOSED
     */
    A openView(ArrayMemory memory, byte[] view, boolean writable);
}
