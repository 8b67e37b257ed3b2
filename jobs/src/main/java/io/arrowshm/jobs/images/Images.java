package io.arrowshm.jobs.images;

import java.util.List;

/** What every image of the job is: its shape and the classes it can belong to. */
final class Images {
    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;
    static final int CLASSES = 10;

    /** Bytes of one image in a batch: its pixels, one byte of label and its index as an int. */
    static final int PAYLOAD_BYTES = PIXELS + 1 + Integer.BYTES;

    /** What Fashion-MNIST calls its classes, by label. */
    static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private Images() {}
}
