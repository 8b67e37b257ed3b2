package io.arrowshm.jobs.images.data;

/** Decoded images in memory: the pixels one image after the other, and a label each. Not to be changed. */
public final class ImageData {
    private final byte[] pixels;
    private final byte[] labels;

    /** Takes the arrays over; every label is below {@link Images#CLASSES}. */
    ImageData(byte[] pixels, byte[] labels) {
        this.pixels = pixels;
        this.labels = labels;
    }

    int count() {
        return labels.length;
    }

    public int label(int image) {
        return labels[image];
    }

    /** All pixels; image i starts at {@code i * Images.PIXELS}. */
    public byte[] pixels() {
        return pixels;
    }

    /** The label of every image. */
    public byte[] labels() {
        return labels;
    }
}
