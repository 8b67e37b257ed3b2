package io.arrowshm.jobs.images;

/** The rows of a batch that came by value: its own arrays. */
final class BatchRows implements ImageRows {
    private ImageBatch batch = new ImageBatch();

    /** Turns to another batch. */
    void wrap(ImageBatch other) {
        batch = other;
    }

    @Override
    public int count() {
        return batch.labels.length;
    }

    @Override
    public int label(int row) {
        return batch.labels[row];
    }

    @Override
    public byte[] pixels(int row) {
        return batch.pixels;
    }

    @Override
    public int offset(int row) {
        return row * Images.PIXELS;
    }
}
