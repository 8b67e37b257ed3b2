package io.arrowshm.jobs.images.data;

import io.arrowshm.SegmentWriter;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Batches of images as Arrow: a column of 28×28 unsigned bytes, which readers that know tensors show as such, a label and
 * an index.
 */
public final class ImageSegments {
    static final String IMAGE = "image";
    static final String LABEL = "label";

    public static final Schema SCHEMA = new Schema(List.of(
            new Field(
                    IMAGE,
                    new FieldType(
                            false,
                            new ArrowType.FixedSizeList(Images.PIXELS),
                            null,
                            Map.of(
                                    "ARROW:extension:name", "arrow.fixed_shape_tensor",
                                    "ARROW:extension:metadata", "{\"shape\":[28,28]}")),
                    List.of(Field.notNullable("pixel", new ArrowType.Int(Byte.SIZE, false)))),
            Field.notNullable(LABEL, new ArrowType.Int(Byte.SIZE, false)),
            Field.notNullable("index", new ArrowType.Int(Integer.SIZE, true))));

    // Each of the three buffers is rounded up to 64 bytes.
    private static final long PADDING = 3 * 64L;

    private ImageSegments() {}

    /** Bytes that the buffers of so many images take. */
    public static long bodyBytes(int images) {
        return (long) images * Images.PAYLOAD_BYTES + PADDING;
    }

    /** Writes images of the set into a segment that is being built: each byte is copied once, to where it stays. */
    public static void fill(SegmentWriter writer, ImageData from, int firstImage, int images) {
        ArrowBuf pixels = writer.allocator().buffer((long) images * Images.PIXELS);
        pixels.setBytes(0, from.pixels(), firstImage * Images.PIXELS, (long) images * Images.PIXELS);
        ArrowBuf labels = writer.allocator().buffer(images);
        labels.setBytes(0, from.labels(), firstImage, images);
        ArrowBuf index = writer.allocator().buffer((long) images * Integer.BYTES);
        for (int i = 0; i < images; i++) {
            index.setInt((long) i * Integer.BYTES, firstImage + i);
        }
        List<FieldVector> columns = writer.root().getFieldVectors();
        FixedSizeListVector image = (FixedSizeListVector) columns.get(0);
        writer.load(image, images);
        writer.load(image.getDataVector(), images * Images.PIXELS, pixels);
        writer.load(columns.get(1), images, labels);
        writer.load(columns.get(2), images, index);
        writer.root().setRowCount(images);
    }
}
