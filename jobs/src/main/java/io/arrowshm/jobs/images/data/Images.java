package io.arrowshm.jobs.images.data;

import java.util.List;

/** What every image of the job is: its shape and the classes it can belong to. */
public final class Images {
    public static final int SIDE = 28;
    public static final int PIXELS = SIDE * SIDE;
    public static final int CLASSES = 10;

    /** Bytes of one image in a batch: its pixels, one byte of label and its index as an int. */
    public static final int PAYLOAD_BYTES = PIXELS + 1 + Integer.BYTES;

    /** What Fashion-MNIST calls its classes, by label. */
    public static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private Images() {}
}
