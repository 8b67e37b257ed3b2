package io.arrowshm.array;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * All that is known of an array or a view of it but where its memory is. Immutable.
 *
 * @param names one for each axis, empty for one without
 */
record ArrayHeader(DType dtype, StridedLayout layout, List<String> names, Map<String, String> attributes) {

    ArrayHeader slice(int axis, long start, long stop, long step) {
        return with(layout.slice(axis, start, stop, step), names);
    }

    ArrayHeader select(int axis, long index) {
        StridedLayout selected = layout.select(axis, index);
        List<String> fewer = new ArrayList<>(names);
        fewer.remove(axis);
        return with(selected, List.copyOf(fewer));
    }

    ArrayHeader transpose(int[] axes) {
        StridedLayout transposed = layout.transpose(axes);
        List<String> moved = new ArrayList<>();
        for (int axis : axes) {
            moved.add(names.get(axis));
        }
        return with(transposed, List.copyOf(moved));
    }

    ArrayHeader reshape(long[] shape) {
        return with(layout.reshape(shape, dtype.itemSize()), Collections.nCopies(shape.length, ""));
    }

    ArrayHeader field(String name) {
        StructField field = dtype.field(name);
        long[] shape = Numbers.array(field.shape());
        StridedLayout part = layout.part(field.offset(), shape, field.dtype().itemSize());
        List<String> more = new ArrayList<>(names);
        more.addAll(Collections.nCopies(shape.length, ""));
        return new ArrayHeader(field.dtype(), part, List.copyOf(more), attributes);
    }

    private ArrayHeader with(StridedLayout newLayout, List<String> newNames) {
        return new ArrayHeader(dtype, newLayout, newNames, attributes);
    }
}
