package io.arrowshm.systemtest.soak;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.cluster.Placement;
import io.arrowshm.flink.SegmentFactory;
import io.arrowshm.flink.SegmentOperator;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.util.Collector;

/**
 * A job without an end, from one place to another and back: by key into state, broadcast, into windows, and passed on. Every
 * segment is looked at as a whole wherever it arrives; a wrong one fails the job.
 */
final class SoakJob {
    static final int PARALLELISM = 2;

    private static final int KEYS = 50;
    private static final int WINDOWED_OF = 16;
    /** Counted, so that what is in the windows does not grow with the speed of the machine. */
    private static final int WINDOW = 4;

    private static final int MOST_DOUBLINGS = 7;
    private static final int LEAST_ROWS = 128;
    private static final Schema SCHEMA = new Schema(List.of(Field.nullable("value", new ArrowType.Int(64, true))));

    private SoakJob() {}

    static void build(StreamExecutionEnvironment env, PoolOptions poolOptions, Placement source, Placement workers) {
        DataStream<Segment> made = env.fromSequence(0, Long.MAX_VALUE)
                .setParallelism(1)
                .slotSharingGroup(source.group())
                .flatMap(new Make(poolOptions))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1);
        SegmentStream stream = SegmentStream.of(made, poolOptions);
        end(
                stream.keyBy(segment -> number(segment) % KEYS, Types.LONG).process(new LatestOfKey(), Types.LONG),
                workers);
        end(stream.broadcast().map(SoakJob::checked, Types.LONG), workers);
        end(
                stream.filter(segment -> number(segment) % WINDOWED_OF == 0)
                        .keyBy(segment -> number(segment) % KEYS, Types.LONG)
                        .toKeyedStream(PARALLELISM)
                        .countWindow(WINDOW)
                        .apply(new CheckWindow(), Types.LONG),
                workers);
        SegmentStream passedOn = at(stream.rebalance().filter(segment -> checked(segment) >= 0), workers);
        end(passedOn.rebalance().map(SoakJob::checked, Types.LONG), source);
    }

    private static SegmentStream at(SegmentOperator operator, Placement place) {
        return operator.setParallelism(PARALLELISM).slotSharingGroup(place.group());
    }

    private static void end(SingleOutputStreamOperator<Long> operator, Placement place) {
        operator.setParallelism(PARALLELISM)
                .slotSharingGroup(place.group())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(PARALLELISM);
    }

    private static BigIntVector values(Segment segment) {
        return (BigIntVector) segment.root().getVector(0);
    }

    private static long number(Segment segment) {
        return values(segment).get(0);
    }

    private static int rows(long number) {
        return LEAST_ROWS << (number % MOST_DOUBLINGS);
    }

    /** The segment's number, when all of it is as it was made. */
    private static long checked(Segment segment) {
        BigIntVector values = values(segment);
        long number = values.get(0);
        boolean right = values.getValueCount() == rows(number);
        for (int row = 0; row < values.getValueCount(); row++) {
            right &= values.get(row) == number + row;
        }
        if (!right) {
            throw new IllegalStateException("segment " + number + " is not as it was made");
        }
        return number;
    }

    private static final class Make extends RichFlatMapFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;

        private final PoolOptions poolOptions;
        private transient SegmentFactory factory;

        Make(PoolOptions poolOptions) {
            this.poolOptions = poolOptions;
        }

        @Override
        public void open(OpenContext context) {
            factory = SegmentFactory.open(poolOptions);
        }

        @Override
        public void flatMap(Long number, Collector<Segment> out) throws Exception {
            int rows = rows(number);
            try (SegmentWriter writer = factory.newSegment(SCHEMA, SegmentSize.of(SCHEMA, rows))) {
                BigIntVector values = (BigIntVector) writer.root().getVector(0);
                values.allocateNew();
                for (int row = 0; row < rows; row++) {
                    values.set(row, number + row);
                }
                writer.root().setRowCount(rows);
                try (Segment segment = writer.seal()) {
                    out.collect(segment);
                }
            }
        }
    }

    /** Keeps the latest segment of each key, and fails unless it was the one before. */
    private static final class LatestOfKey extends KeyedProcessFunction<Long, Segment, Long> {
        private static final long serialVersionUID = 1L;

        private transient ValueState<Segment> latest;

        @Override
        public void open(OpenContext context) {
            latest = getRuntimeContext().getState(new ValueStateDescriptor<>("latest", SegmentTypeInfo.of()));
        }

        @Override
        public void processElement(Segment segment, Context context, Collector<Long> out) throws Exception {
            long number = checked(segment);
            Segment before = latest.value();
            if (before != null && checked(before) != number - KEYS) {
                throw new IllegalStateException("segment " + number + " came behind " + number(before));
            }
            latest.update(segment.copyToHeap());
            out.collect(number);
        }
    }

    private static final class CheckWindow implements WindowFunction<Segment, Long, Long, GlobalWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void apply(Long key, GlobalWindow window, Iterable<Segment> segments, Collector<Long> out) {
            long count = 0;
            for (Segment segment : segments) {
                checked(segment);
                count++;
            }
            out.collect(count);
        }
    }
}
