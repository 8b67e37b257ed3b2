package io.arrowshm.systemtest.failure;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentFactory;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes an array of each number, full of it. */
final class MakeArrays extends RichFlatMapFunction<Long, Segment> {
    /** Of every array: 64 KiB. */
    static final ArraySpec SPEC = ArraySpec.of(DType.INT64, 8_192);

    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;
    private final List<Trouble> troubles;
    private transient SegmentFactory segments;

    MakeArrays(PoolOptions poolOptions, List<Trouble> troubles) {
        this.poolOptions = poolOptions;
        this.troubles = troubles;
    }

    @Override
    public void open(OpenContext context) {
        segments = SegmentFactory.open(poolOptions);
    }

    @Override
    public void flatMap(Long number, Collector<Segment> out) throws Exception {
        for (Trouble trouble : troubles) {
            trouble.at(Trouble.Place.MAKING, number);
        }
        try (ArrayWriter writer = segments.newArray(SPEC)) {
            writer.array().fill(number.longValue());
            for (Trouble trouble : troubles) {
                trouble.at(Trouble.Place.BUILDING, number);
            }
            try (Segment segment = writer.seal()) {
                out.collect(segment);
            }
        }
    }

    /** The number that an array was made of; fails if it is not full of it. */
    static long number(Segment segment) {
        long[] elements = new long[(int) segment.array().size()];
        segment.array().copyTo(elements, 0);
        for (long element : elements) {
            if (element != elements[0]) {
                throw new IllegalStateException("other data: " + element + " in the array of " + elements[0]);
            }
        }
        return elements[0];
    }
}
