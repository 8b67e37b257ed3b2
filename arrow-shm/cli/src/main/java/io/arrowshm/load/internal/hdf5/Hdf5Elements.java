package io.arrowshm.load.internal.hdf5;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.arrowshm.load.internal.array.ArrayReader;
import io.arrowshm.load.internal.array.ElementFix;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.exceptions.HdfException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reads a chunked dataset of HDF5: every chunk that has something of the part is decompressed once, several at a time. */
final class Hdf5Elements implements ArrayReader {
    /** Several are in memory at a time, each as it is in the file, decompressed and aside. */
    private static final int SHARE_OF_HEAP = 16;

    private final ChunkedDataset dataset;
    /** Of the array, with the axes of an array that every element is. */
    private final long[] shape;

    private final long[] chunkShape;
    private final DType dtype;
    private final ElementFix fix;
    private final Fill fill;
    /** Axes of the dataset itself. */
    private final int axes;

    /** What stands where nothing was written: an element as it lies in memory, null for zeros. */
    interface Fill {
        byte @Nullable [] element();
    }

    Hdf5Elements(ChunkedDataset dataset, long[] shape, Hdf5Type type, Fill fill) {
        this.dataset = dataset;
        this.shape = shape;
        this.dtype = type.dtype();
        this.fix = type.fix();
        this.fill = fill;
        int[] chunk = dataset.getChunkDimensions();
        axes = dataset.getDimensionsAsLong().length;
        chunkShape = shape.clone();
        for (int axis = 0; axis < axes; axis++) {
            chunkShape[axis] = chunk[axis];
        }
    }

    @Override
    public void read(long[] start, MutableNdArray target, LongConsumer moved) {
        long chunkBytes = Arrays.stream(chunkShape).reduce(dtype.itemSize(), Math::multiplyExact);
        if (chunkBytes > Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP) {
            throw new UnsupportedContentException(
                    "its chunks have %d bytes each, which takes %d times as much heap: give the JVM more with -Xmx"
                            .formatted(chunkBytes, SHARE_OF_HEAP));
        }
        long[] first = new long[axes];
        long[] counts = new long[axes];
        long chunks = 1;
        for (int axis = 0; axis < axes; axis++) {
            first[axis] = start[axis] / chunkShape[axis];
            long last = (start[axis] + target.length(axis) - 1) / chunkShape[axis];
            counts[axis] = last - first[axis] + 1;
            chunks = Math.multiplyExact(chunks, counts[axis]);
        }
        LongStream.range(0, chunks)
                .parallel()
                .forEach(chunk -> readChunk(origin(chunk, first, counts), start, target, moved));
    }

    /** The first element of a chunk, along each axis. */
    private long[] origin(long chunk, long[] first, long[] counts) {
        long[] origin = new long[shape.length];
        long rest = chunk;
        for (int axis = axes - 1; axis >= 0; axis--) {
            origin[axis] = (first[axis] + rest % counts[axis]) * chunkShape[axis];
            rest /= counts[axis];
        }
        return origin;
    }

    private void readChunk(long[] origin, long[] start, MutableNdArray target, LongConsumer moved) {
        MutableNdArray place = target;
        long[] from = new long[shape.length];
        long[] to = new long[shape.length];
        boolean whole = true;
        for (int axis = 0; axis < shape.length; axis++) {
            long begin = Math.max(origin[axis], start[axis]);
            long end = Math.min(origin[axis] + chunkShape[axis], start[axis] + target.length(axis));
            place = place.slice(axis, begin - start[axis], end - start[axis]);
            from[axis] = begin - origin[axis];
            to[axis] = end - origin[axis];
            whole &= from[axis] == 0 && to[axis] == chunkShape[axis];
        }
        byte[] chunk = chunk(origin);
        if (chunk == null) {
            fill(place, fill.element());
        } else {
            copy(chunk, whole, from, to, place);
        }
        moved.accept(place.size() * dtype.itemSize());
    }

    private void copy(byte[] chunk, boolean whole, long[] from, long[] to, MutableNdArray place) {
        long wanted = Arrays.stream(chunkShape).reduce(dtype.itemSize(), Math::multiplyExact);
        if (chunk.length < wanted) {
            throw new UnsupportedContentException(
                    "it is damaged: a chunk has %d bytes, its shape says %d".formatted(chunk.length, wanted));
        }
        ByteBuffer elements = ByteBuffer.wrap(chunk, 0, (int) wanted);
        fix.apply(elements);
        if (whole) {
            place.copyFrom(elements);
            return;
        }
        try (ArrayWriter writer = ArrayWriter.inPrivateMemory(ArraySpec.of(dtype, chunkShape))) {
            writer.array().copyFrom(elements);
            try (Segment aside = writer.seal()) {
                NdArray part = aside.array();
                for (int axis = 0; axis < shape.length; axis++) {
                    part = part.slice(axis, from[axis], to[axis]);
                }
                part.copyTo(place);
            }
        }
    }

    /** Null if nothing of it was ever written. */
    private byte @Nullable [] chunk(long[] origin) {
        int[] offset = new int[axes];
        for (int axis = 0; axis < axes; axis++) {
            offset[axis] = Math.toIntExact(origin[axis]);
        }
        try {
            return dataset.getDecompressedChunk(offset);
        } catch (HdfException e) {
            // What jhdf says, and says no other way.
            if (e.getMessage() != null && e.getMessage().startsWith("No chunk with offset")) {
                return null;
            }
            throw e;
        }
    }

    /** Sets all elements to one, as it lies in memory; null for zeros. */
    static void fill(MutableNdArray target, byte @Nullable [] element) {
        int itemSize = target.itemSize();
        if (target.size() == 0) {
            return;
        }
        // One element, without any axis that is longer.
        MutableNdArray first = target;
        for (int axis = 0; axis < target.dimensions(); axis++) {
            first = first.slice(axis, 0, 1);
        }
        first.copyFrom(ByteBuffer.wrap(element == null ? new byte[itemSize] : element));
        // Each axis in turn from its first element, doubling.
        for (int axis = target.dimensions() - 1; axis >= 0; axis--) {
            MutableNdArray line = target;
            for (int outer = 0; outer < axis; outer++) {
                line = line.slice(outer, 0, 1);
            }
            for (long done = 1; done < line.length(axis); ) {
                long more = Math.min(done, line.length(axis) - done);
                line.slice(axis, 0, more).copyTo(line.slice(axis, done, done + more));
                done += more;
            }
        }
    }
}
