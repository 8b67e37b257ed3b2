package io.arrowshm.flink;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.flink.internals.AroundFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;

/** Makes the array of each element as a filler says. */
final class ArrayMaker<T> extends AroundFunction<ArrayFiller<T>> implements MapFunction<T, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;
    private final MapFunction<T, ArraySpec> spec;

    @SuppressWarnings("NullAway.Init")
    private transient SegmentFactory segments;

    ArrayMaker(PoolOptions poolOptions, MapFunction<T, ArraySpec> spec, ArrayFiller<T> filler) {
        super(filler);
        this.poolOptions = poolOptions;
        this.spec = spec;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        super.open(context);
        segments = SegmentFactory.open(poolOptions);
    }

    @Override
    public Segment map(T element) throws Exception {
        try (ArrayWriter writer = segments.newArray(spec.map(element))) {
            getWrappedFunction().fill(element, writer.array());
            return writer.seal();
        }
    }
}
