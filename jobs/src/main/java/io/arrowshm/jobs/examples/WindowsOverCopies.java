package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.flink.SegmentStream;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * Makes a batch of rows each second of event time, and adds up Flink's windows of ten seconds: a window keeps what it
 * gets, so it gets copies, by toDataStream (or, where windows have keys, by keyBy and toKeyedStream).
 * Run it with {@code jobs/run windows-over-copies}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class WindowsOverCopies {
    private static final Schema SCHEMA = new Schema(List.of(Field.notNullable("value", new ArrowType.Int(64, true))));
    private static final int ROWS = 1000;

    private WindowsOverCopies() {}

    public static void main(String[] args) throws Exception {
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "windows-over-copies");

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Long> seconds = env.fromSequence(0, 59)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Long>forMonotonousTimestamps()
                        .withTimestampAssigner((second, before) -> second * 1000));

        DataStream<String> sums = SegmentStream.make(
                        seconds, poolOptions, SCHEMA, SegmentSize.of(SCHEMA, ROWS), (second, writer) -> {
                            BigIntVector values = (BigIntVector) writer.root().getVector("value");
                            values.allocateNew();
                            for (int row = 0; row < ROWS; row++) {
                                values.set(row, second);
                            }
                            writer.root().setRowCount(ROWS);
                        })
                .rebalance()
                .toDataStream()
                .windowAll(TumblingEventTimeWindows.of(Duration.ofSeconds(10)))
                .process(new Sum())
                .returns(Types.STRING);

        try (CloseableIterator<String> results = sums.executeAndCollect("windows over copies")) {
            TreeSet<String> sorted = new TreeSet<>();
            results.forEachRemaining(sorted::add);
            sorted.forEach(System.out::println);
        }
    }

    private static final class Sum extends ProcessAllWindowFunction<Segment, String, TimeWindow> {
        @Override
        public void process(Context context, Iterable<Segment> batches, Collector<String> out) {
            long sum = 0;
            for (Segment batch : batches) {
                BigIntVector values = (BigIntVector) batch.root().getVector("value");
                for (int row = 0; row < values.getValueCount(); row++) {
                    sum += values.get(row);
                }
            }
            out.collect("from second " + context.window().getStart() / 1000 + ": sum " + sum);
        }
    }
}
