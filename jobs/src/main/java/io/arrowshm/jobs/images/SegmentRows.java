package io.arrowshm.jobs.images;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Segment;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.jspecify.annotations.Nullable;

/** The rows of a batch that lies in shared memory, copied out one image at a time. */
final class SegmentRows implements ImageRows {
    private final byte[] image = new byte[Images.PIXELS];
    private @Nullable VectorSchemaRoot root;
    private @Nullable ArrowBuf pixels;
    private @Nullable UInt1Vector labels;

    /** Turns to another batch, which stays open while its rows are asked for. */
    void wrap(Segment segment) {
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
