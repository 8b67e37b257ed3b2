package io.arrowshm.jobs.images;

/**
 * The images of one batch as a worker sees them, wherever their bytes lie. Valid only while the worker is given it;
 * for the worker's thread.
 */
interface ImageRows {
    /** Images in the batch, at least one. */
    int count();

    /** The class of an image. */
    int label(int row);

    /**
     * An array that holds the pixels of one image, from {@link #offset} on. Not to be changed, and valid until the
     * next call only: whatever lies outside the heap is copied into the same array each time.
     */
    byte[] pixels(int row);

    /** Where the pixels of one image start in the array of {@link #pixels}. */
    int offset(int row);
}
