package io.arrowshm.load.internal.hdf5;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Texts of variable length, which become an array of Unicode strings that has room for the longest. They are read twice: to
 * find that, and to copy them.
 */
final class Hdf5Texts implements Item {
    private static final long TEXTS_AT_ONCE = 1 << 14;

    /** Bytes of a text in the file: its length, and where it is. */
    private static final long BYTES_EACH = 16;

    /** How much larger than its texts an array may be. */
    private static final long MOST_TIMES = 64;

    private static final long ALWAYS_ALLOWED = 64L << 20;

    private final String path;
    private final Object identity;
    private final Dataset dataset;
    private final Map<String, Object> attributes;
    private final List<Selection.Range> part;

    Hdf5Texts(String path, Object identity, Dataset dataset, Map<String, Object> attributes) {
        this(path, identity, dataset, attributes, List.of());
    }

    private Hdf5Texts(
            String path, Object identity, Dataset dataset, Map<String, Object> attributes, List<Selection.Range> part) {
        this.path = path;
        this.identity = identity;
        this.dataset = dataset;
        this.attributes = attributes;
        this.part = part;
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
        return "<U? " + Arrays.toString(shape());
    }

    @Override
    public long bytes() {
        return Arrays.stream(shape()).reduce(BYTES_EACH, (a, b) -> a * b);
    }

    @Override
    public Item select(Selection selection) {
        long[] shape = dataset.getDimensionsAsLong();
        boolean rowsOnly = selection.columns().isEmpty()
                && selection.ranges().size() == 1
                && shape.length > 0
                && !selection.ranges().get(0).isIndex();
        if (!rowsOnly) {
            throw new IllegalArgumentException(
                    path + " has texts of variable length, of which a range of the first axis"
                            + " can be selected, as in " + path + "[0:10]");
        }
        return new Hdf5Texts(path, identity, dataset, attributes, List.of(selection.of(0, shape[0])));
    }

    private long[] shape() {
        long[] shape = dataset.getDimensionsAsLong();
        if (!part.isEmpty()) {
            shape[0] = part.get(0).stop() - part.get(0).start();
        }
        return shape;
    }

    @Override
    public Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved) {
        long[] longest = {1};
        long[] characters = {0};
        forEachSlice(texts -> {
            for (String text : texts) {
                long length = text.codePointCount(0, text.length());
                longest[0] = Math.max(longest[0], length);
                characters[0] += length;
            }
        });
        long[] shape = shape();
        long bytes = Arrays.stream(shape).reduce(longest[0] * Integer.BYTES, Math::multiplyExact);
        if (bytes > Math.max(ALWAYS_ALLOWED, characters[0] * MOST_TIMES)) {
            throw new UnsupportedContentException(
                    "texts of so different lengths that room for the longest, of %d characters, everywhere takes %d bytes"
                            .formatted(longest[0], bytes));
        }
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.unicode(Math.toIntExact(longest[0])), shape))) {
            long[] done = {0};
            MutableNdArray flat = writer.array().reshape(writer.array().size());
            forEachSlice(texts -> {
                flat.slice(0, done[0], done[0] + texts.length).copyFrom(texts, 0);
                done[0] += texts.length;
                moved.accept(texts.length * BYTES_EACH);
            });
            return Map.of("", writer.seal());
        }
    }

    private void forEachSlice(Consumer<String[]> action) {
        long[] shape = shape();
        if (Arrays.stream(shape).anyMatch(length -> length == 0)) {
            return;
        }
        if (shape.length == 0 || !canBeSliced()) {
            String[] all = flat(dataset.getData(), shape);
            long rowTexts = shape.length == 0 ? 1 : all.length / dataset.getDimensionsAsLong()[0];
            int from = part.isEmpty() ? 0 : Math.toIntExact(part.get(0).start() * rowTexts);
            int to = part.isEmpty() ? all.length : Math.toIntExact(part.get(0).stop() * rowTexts);
            action.accept(Arrays.copyOfRange(all, from, to));
            return;
        }
        long rowTexts = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
        long step = Math.max(1, TEXTS_AT_ONCE / rowTexts);
        long begin = part.isEmpty() ? 0 : part.get(0).start();
        for (long row = 0; row < shape[0]; row += step) {
            long[] offset = new long[shape.length];
            offset[0] = begin + row;
            int[] size = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
            size[0] = (int) Math.min(step, shape[0] - row);
            action.accept(flat(dataset.getData(offset, size), shape));
        }
    }

    /** What lies in the header itself, which is small, jhdf reads as a whole only. */
    private boolean canBeSliced() {
        return dataset instanceof ContiguousDataset || dataset instanceof ChunkedDataset;
    }

    private static String[] flat(@Nullable Object data, long[] shape) {
        List<String> texts = new ArrayList<>();
        if (data == null) {
            // Nothing was ever written.
            long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            String[] empty = new String[Math.toIntExact(count)];
            Arrays.fill(empty, "");
            return empty;
        }
        addAll(data, texts);
        return texts.toArray(new String[0]);
    }

    private static void addAll(Object data, List<String> texts) {
        if (data.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(data); i++) {
                addAll(Array.get(data, i), texts);
            }
        } else {
            texts.add(String.valueOf(data));
        }
    }
}
