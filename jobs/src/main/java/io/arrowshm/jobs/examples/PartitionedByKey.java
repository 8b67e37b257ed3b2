package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * Sends the readings of four sensors by key, and remembers of each sensor the strongest reading so far: a function has
 * a segment until it returns, so what goes into state is a copy of it.
 * Run it with {@code jobs/run partitioned-by-key}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class PartitionedByKey {
    private static final long SENSORS = 4;
    private static final ArraySpec READING = ArraySpec.of(DType.INT64, 1024);

    private PartitionedByKey() {}

    public static void main(String[] args) throws Exception {
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "partitioned-by-key");

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Tuple2<Long, Long>> records = SegmentStream.makeArrays(
                        env.fromSequence(0, 99), poolOptions, number -> READING, (number, array) -> array.fill(number))
                .keyBy(PartitionedByKey::sensor, Types.LONG)
                .process(new Strongest(), Types.TUPLE(Types.LONG, Types.LONG));

        Map<Long, Long> strongest = new TreeMap<>();
        try (CloseableIterator<Tuple2<Long, Long>> results = records.executeAndCollect("partitioned by key")) {
            results.forEachRemaining(record -> strongest.merge(record.f0, record.f1, Math::max));
        }
        strongest.forEach((sensor, value) -> System.out.println("sensor " + sensor + ": strongest " + value));
    }

    private static long sensor(Segment reading) {
        return reading.array().getLong(0) % SENSORS;
    }

    /** Emits each reading that is stronger than all before it. */
    private static final class Strongest extends KeyedProcessFunction<Long, Segment, Tuple2<Long, Long>> {
        private transient ValueState<Segment> strongest;

        @Override
        public void open(OpenContext context) {
            strongest = getRuntimeContext().getState(new ValueStateDescriptor<>("strongest", SegmentTypeInfo.of()));
        }

        @Override
        public void processElement(Segment reading, Context context, Collector<Tuple2<Long, Long>> out)
                throws Exception {
            Segment before = strongest.value();
            long value = reading.array().getLong(0);
            if (before == null || value > before.array().getLong(0)) {
                strongest.update(reading.copyToHeap());
                out.collect(Tuple2.of(context.getCurrentKey(), value));
            }
        }
    }
}
