package io.arrowshm.jobs.images.data;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Segment;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.jspecify.annotations.Nullable;

/**
 * The images of one batch as a worker sees them, wherever their bytes lie. Valid only while the worker is given it;
 * for the worker's thread.
 */
public interface ImageRows {
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

    /**
     * Rows that can turn from one batch to another.
     *
     * @param <B> a batch, which stays open while its rows are asked for
     */
    interface Of<B> extends ImageRows {
        /** Turns to another batch. */
        void wrap(B batch);
    }

    /** The rows of a batch that came by value: its own arrays. */
    final class OfBatch implements Of<ImageBatch> {
        private ImageBatch batch = new ImageBatch();

        @Override
        public void wrap(ImageBatch other) {
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

    /** The rows of a batch that lies in shared memory, copied out one image at a time. */
    final class OfSegment implements Of<Segment> {
        private final byte[] image = new byte[Images.PIXELS];
        private @Nullable VectorSchemaRoot root;
        private @Nullable ArrowBuf pixels;
        private @Nullable UInt1Vector labels;

        @Override
        public void wrap(Segment segment) {
            VectorSchemaRoot opened = segment.root();
            root = opened;
            pixels = ((FixedSizeListVector) opened.getVector(ImageSegments.IMAGE))
                    .getDataVector()
                    .getDataBuffer();
            labels = (UInt1Vector) opened.getVector(ImageSegments.LABEL);
        }

        @Override
        public int count() {
            return requireNonNull(root).getRowCount();
        }

        @Override
        public int label(int row) {
            return requireNonNull(labels).get(row);
        }

        @Override
        public byte[] pixels(int row) {
            requireNonNull(pixels).getBytes((long) row * Images.PIXELS, image);
            return image;
        }

        @Override
        public int offset(int row) {
            return 0;
        }
    }
}
