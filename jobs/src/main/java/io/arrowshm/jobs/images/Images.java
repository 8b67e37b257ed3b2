package io.arrowshm.jobs.images;

/** What every image of the job is: its shape and the classes it can belong to. */
final class Images {
    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;
    static final int CLASSES = 10;

    /** Bytes of one image in a batch: its pixels, one byte of label and its index as an int. */
    static final int PAYLOAD_BYTES = PIXELS + 1 + Integer.BYTES;

    private Images() {}
}
