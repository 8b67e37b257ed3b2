package io.arrowshm.load.internal.array;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.internal.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** An array in a file, or a part of one. */
public final class ArrayItem implements Item {
    private final String path;
    private final Object identity;
    private final ArraySpec spec;
    private final Map<String, Object> attributes;
    private final ArrayReader reader;
    /** The part of the array in the file. */
    private final List<Selection.Range> part;

    /**
     * @param spec of the array as it is in the file
     * @param reader takes the axes in the order of the file, so that those of an array in Fortran's order are reversed
     */
    public ArrayItem(String path, Object identity, ArraySpec spec, Map<String, Object> attributes, ArrayReader reader) {
        this(path, identity, spec, attributes, reader, whole(spec));
    }

    private ArrayItem(
            String path,
            Object identity,
            ArraySpec spec,
            Map<String, Object> attributes,
            ArrayReader reader,
            List<Selection.Range> part) {
        this.path = path;
        this.identity = identity;
        this.spec = spec;
        this.attributes = attributes;
        this.reader = reader;
        this.part = part;
    }

    private static List<Selection.Range> whole(ArraySpec spec) {
        return Arrays.stream(spec.shape())
                .mapToObj(length -> new Selection.Range(0, length, false))
                .toList();
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Object identity() {
        return List.of(identity, part);
    }

    @Override
    public Map<String, Object> attributes() {
        return attributes;
    }

    @Override
    public String description() {
        return spec.dtype() + " " + Arrays.toString(target().shape());
    }

    @Override
    public long bytes() {
        return Arrays.stream(target().shape()).reduce(spec.dtype().itemSize(), (a, b) -> a * b);
    }

    @Override
    public Item select(Selection selection) {
        if (!selection.columns().isEmpty() || selection.ranges().size() > part.size()) {
            throw new IllegalArgumentException(
                    "%s has %d axes and no columns: it is %s".formatted(path, part.size(), description()));
        }
        List<Selection.Range> selected = new ArrayList<>();
        for (int axis = 0; axis < part.size(); axis++) {
            selected.add(selection.of(axis, part.get(axis).stop()));
        }
        return new ArrayItem(path, identity, spec, attributes, reader, selected);
    }

    @Override
    public Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved) {
        return Map.of("", loadWhole(pool, moved));
    }

    Segment loadWhole(SharedMemoryPool pool, LongConsumer moved) {
        try (ArrayWriter writer = pool.newArray(target())) {
            MutableNdArray target = writer.array().reshape(boxShape());
            if (target.size() > 0) {
                boolean reversed = spec.order() == ArrayOrder.FORTRAN;
                long[] start = part.stream().mapToLong(Selection.Range::start).toArray();
                reader.read(reversed ? reversed(start) : start, reversed ? target.transpose() : target, moved);
            }
            return writer.seal();
        }
    }

    @Override
    public Item split() {
        return spec.dtype().fields().isEmpty() ? this : new SplitItem(this);
    }

    /** What is made: without the axes of which one element was selected. */
    ArraySpec target() {
        long[] shape = part.stream()
                .filter(range -> !range.isIndex())
                .mapToLong(range -> range.stop() - range.start())
                .toArray();
        List<String> names = new ArrayList<>();
        for (int axis = 0; axis < part.size(); axis++) {
            if (!part.get(axis).isIndex()) {
                names.add(spec.dimensionNames().get(axis));
            }
        }
        return ArraySpec.of(spec.dtype(), shape)
                .withOrder(spec.order())
                .withDimensionNames(names.toArray(new String[0]));
    }

    private long[] boxShape() {
        return part.stream().mapToLong(range -> range.stop() - range.start()).toArray();
    }

    private static long[] reversed(long[] values) {
        long[] result = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[values.length - 1 - i];
        }
        return result;
    }
}
