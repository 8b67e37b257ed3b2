package io.arrowshm.load.internal.array;

import io.arrowshm.array.MutableNdArray;
import java.nio.ByteBuffer;
import java.util.concurrent.ForkJoinPool;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Reads an array whose elements lie behind each other, in C order: by all cores where any part of the source can be read at
 * any time, since most of the time goes into memory that is touched for the first time. For one thread.
 */
public final class RowReader implements ArrayReader {
    private static final int PIECE_BYTES = 1 << 20;

    /** Below that, another thread takes longer to begin than this one to read. */
    private static final int LEAST_PART_BYTES = 4 << 20;

    /** So that one that is slow, or comes late, keeps the others waiting for a part of its share only. */
    private static final int PARTS_EACH = 4;

    private final ByteSource source;
    private final long[] shape;
    private final int itemSize;
    private final ElementFix fix;
    private final int pieceBytes;
    private ByteBuffer piece = ByteBuffer.allocate(0);

    /** Where the elements are. */
    public interface ByteSource {
        /**
         * Fills what is left of a buffer.
         *
         * @param offset from the first element on, in bytes; never less than in an earlier call, unless it is seekable
         */
        void read(long offset, ByteBuffer into);

        /** Whether any part can be read at any time, by any thread. */
        default boolean isSeekable() {
            return false;
        }
    }

    /** @param shape of the array in the source */
    public RowReader(ByteSource source, long[] shape, int itemSize, ElementFix fix) {
        this.source = source;
        this.shape = shape;
        this.itemSize = itemSize;
        this.fix = fix;
        pieceBytes = Math.max(itemSize, PIECE_BYTES / itemSize * itemSize);
    }

    @Override
    public void read(long[] start, MutableNdArray target, LongConsumer moved) {
        if (shape.length == 0) {
            readElements(0, target.reshape(1), moved);
            return;
        }
        int axis = 0;
        while (axis < shape.length - 1 && target.length(axis) == 1) {
            axis++;
        }
        long bytes = target.size() * itemSize;
        long most = (long) ForkJoinPool.getCommonPoolParallelism() * PARTS_EACH;
        long parts = Math.min(Math.min(target.length(axis), most), bytes / LEAST_PART_BYTES);
        if (source.isSeekable() && parts > 1) {
            readParts(axis, (int) parts, start, target, moved);
        } else {
            read(0, 0, start, target, moved);
        }
    }

    private void readParts(int axis, int parts, long[] start, MutableNdArray target, LongConsumer moved) {
        long length = target.length(axis);
        IntStream.range(0, parts).parallel().forEach(part -> {
            long from = length * part / parts;
            long[] partStart = start.clone();
            partStart[axis] += from;
            new RowReader(source, shape, itemSize, fix)
                    .read(0, 0, partStart, target.slice(axis, from, length * (part + 1) / parts), moved);
        });
    }

    /** @param target without the axes before this one */
    private void read(int axis, long offset, long[] start, MutableNdArray target, LongConsumer moved) {
        long rowBytes = itemSize;
        boolean whole = true;
        for (int inner = axis + 1; inner < shape.length; inner++) {
            rowBytes *= shape[inner];
            whole &= target.length(inner - axis) == shape[inner];
        }
        long first = offset + start[axis] * rowBytes;
        long rows = target.length(0);
        if (whole && rowBytes <= pieceBytes) {
            long step = Math.max(1, pieceBytes / rowBytes);
            for (long row = 0; row < rows; row += step) {
                long end = Math.min(rows, row + step);
                readElements(first + row * rowBytes, target.slice(0, row, end), moved);
            }
            return;
        }
        for (long row = 0; row < rows; row++) {
            read(axis + 1, first + row * rowBytes, start, target.select(0, row), moved);
        }
    }

    private void readElements(long offset, MutableNdArray target, LongConsumer moved) {
        int bytes = (int) (target.size() * itemSize);
        if (piece.capacity() < bytes) {
            piece = ByteBuffer.allocateDirect(bytes);
        }
        piece.clear().limit(bytes);
        source.read(offset, piece);
        piece.flip();
        fix.apply(piece);
        target.copyFrom(piece);
        moved.accept(bytes);
    }
}
