package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Segments of one column of longs: a number, and the numbers behind it. */
final class TestSegments {
    static final Schema SCHEMA = new Schema(List.of(Field.nullable("value", new ArrowType.Int(64, true))));
    static final long BODY_BYTES = 4096;
    static final int ROWS = 100;

    private TestSegments() {}

    static Segment fill(SegmentWriter writer, long first) {
        write(writer, first);
        return writer.seal();
    }

    static void write(SegmentWriter writer, long first) {
        BigIntVector values = (BigIntVector) writer.root().getVector(0);
        values.allocateNew(ROWS);
        for (int i = 0; i < ROWS; i++) {
            values.set(i, first + i);
        }
        writer.root().setRowCount(ROWS);
    }

    static long sum(Segment segment) {
        BigIntVector values = (BigIntVector) segment.root().getVector(0);
        long sum = 0;
        for (int i = 0; i < values.getValueCount(); i++) {
            sum += values.get(i);
        }
        return sum;
    }

    /** The number that the segment was made of. */
    static long number(Segment segment) {
        return ((BigIntVector) segment.root().getVector(0)).get(0);
    }

    /** What {@link #sum} gives for the segment of a number. */
    static long expectedSum(long first) {
        return ROWS * first + ROWS * (ROWS - 1) / 2;
    }

    /** Makes the segment of each number, in a pool or in private memory. */
    static final class Make extends RichFlatMapFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;

        private final PoolOptions poolOptions;
        private final boolean inPrivateMemory;
        private transient SegmentFactory factory;

        Make(PoolOptions poolOptions, boolean inPrivateMemory) {
            this.poolOptions = poolOptions;
            this.inPrivateMemory = inPrivateMemory;
        }

        @Override
        public void open(OpenContext context) {
            if (!inPrivateMemory) {
                factory = SegmentFactory.open(poolOptions);
            }
        }

        @Override
        public void flatMap(Long number, Collector<Segment> out) throws Exception {
            try (SegmentWriter writer = inPrivateMemory
                            ? SegmentWriter.inPrivateMemory(SCHEMA, BODY_BYTES)
                            : factory.newSegment(SCHEMA, BODY_BYTES);
                    Segment segment = fill(writer, number)) {
                out.collect(segment);
            }
        }
    }

    /** Makes the segment of each number times eight and the number of the subtask that makes it. */
    static final class MakeMarked extends RichFlatMapFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;

        private final PoolOptions poolOptions;
        private transient SegmentFactory factory;

        MakeMarked(PoolOptions poolOptions) {
            this.poolOptions = poolOptions;
        }

        @Override
        public void open(OpenContext context) {
            factory = SegmentFactory.open(poolOptions);
        }

        @Override
        public void flatMap(Long number, Collector<Segment> out) throws Exception {
            int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            try (SegmentWriter writer = factory.newSegment(SCHEMA, BODY_BYTES);
                    Segment segment = fill(writer, 8 * number + subtask)) {
                out.collect(segment);
            }
        }
    }
}
