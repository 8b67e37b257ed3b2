package io.arrowshm.load.internal.array;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.NdArray;
import io.arrowshm.array.StructField;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.internal.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * An array of structures that becomes a group with an array of each field, and with groups for structures in structures. All
 * of it is in shared memory once more while the fields are made.
 */
final class SplitItem implements Item {
    private final ArrayItem structures;

    SplitItem(ArrayItem structures) {
        this.structures = structures;
    }

    @Override
    public String path() {
        return structures.path();
    }

    @Override
    public Object identity() {
        return structures.identity();
    }

    @Override
    public Map<String, Object> attributes() {
        return structures.attributes();
    }

    @Override
    public String description() {
        return "a group of the fields of " + structures.description();
    }

    @Override
    public long bytes() {
        return structures.bytes();
    }

    @Override
    public Item select(Selection selection) {
        return structures.select(selection).split();
    }

    @Override
    public Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved) {
        Map<String, Segment> fields = new LinkedHashMap<>();
        boolean loaded = false;
        try (Segment whole = structures.loadWhole(pool, moved)) {
            addFields("", whole.array(), structures.target(), pool, fields);
            loaded = true;
            return fields;
        } finally {
            if (!loaded) {
                fields.values().forEach(Segment::close);
            }
        }
    }

    /** @param spec of the array, whose order and names of axes its fields have */
    private static void addFields(
            String group, NdArray array, ArraySpec spec, SharedMemoryPool pool, Map<String, Segment> fields) {
        for (StructField field : spec.dtype().fields()) {
            NdArray values = array.field(field.name());
            List<String> names = new ArrayList<>(spec.dimensionNames());
            while (names.size() < values.dimensions()) {
                names.add("");
            }
            ArraySpec fieldSpec = ArraySpec.of(field.dtype(), values.shape())
                    .withOrder(spec.order())
                    .withDimensionNames(names.toArray(new String[0]));
            if (!field.dtype().fields().isEmpty()) {
                addFields(group + field.name() + "/", values, fieldSpec, pool, fields);
                continue;
            }
            try (ArrayWriter writer = pool.newArray(fieldSpec)) {
                values.copyTo(writer.array());
                fields.put(group + field.name(), writer.seal());
            }
        }
    }
}
