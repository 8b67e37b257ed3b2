package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Windows hold far more than the pool has room for, and nothing of it there. */
class WindowIT {
    private static final int ROWS = 1 << 17;
    private static final int SEGMENTS = 10 << 10;
    private static final int SEGMENTS_PER_WINDOW = 64;
    private static final PoolOptions POOL =
            PoolOptions.named("window-it-" + ProcessHandle.current().pid()).withSizeBytes(256 << 20);

    @AfterEach
    void removePool() {
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @Test
    void tenGibibytesGoThroughATumblingWindowWithAPoolOf256Mebibytes() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
        DataStream<Segment> segments = env.fromSequence(0, SEGMENTS - 1)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Long>forMonotonousTimestamps()
                        .withTimestampAssigner((number, timestamp) -> number))
                .flatMap(new OneMebibyte())
                .returns(SegmentTypeInfo.of());
        List<Long> sums = SegmentStream.of(segments, POOL)
                .keyBy(segment -> 0L, Types.LONG)
                .toKeyedStream()
                .window(TumblingEventTimeWindows.of(Duration.ofMillis(SEGMENTS_PER_WINDOW)))
                .process(new Sum(), Types.LONG)
                .executeAndCollect(SEGMENTS);
        assertThat(sums)
                .containsExactlyElementsOf(LongStream.range(0, SEGMENTS / SEGMENTS_PER_WINDOW)
                        .map(window -> LongStream.range(0, SEGMENTS_PER_WINDOW)
                                .map(i -> ROWS * (window * SEGMENTS_PER_WINDOW + i))
                                .sum())
                        .boxed()
                        .toList());
        try (SharedMemoryPool pool = SharedMemoryPool.open(POOL)) {
            assertThat(pool.statistics().segments()).isZero();
            assertThat(pool.statistics().backedBytes()).isLessThanOrEqualTo(pool.sizeBytes());
        }
    }

    /** Every row holds the number. */
    private static final class OneMebibyte extends RichFlatMapFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;

        private transient SegmentFactory factory;

        @Override
        public void open(OpenContext context) {
            factory = SegmentFactory.open(POOL);
        }

        @Override
        public void flatMap(Long number, Collector<Segment> out) throws Exception {
            // The validity of every row besides.
            long bytes = (long) ROWS * Long.BYTES + ROWS / Byte.SIZE;
            try (SegmentWriter writer = factory.newSegment(TestSegments.SCHEMA, bytes)) {
                BigIntVector values = (BigIntVector) writer.root().getVector(0);
                values.allocateNew(ROWS);
                for (int row = 0; row < ROWS; row++) {
                    values.set(row, number);
                }
                writer.root().setRowCount(ROWS);
                try (Segment segment = writer.seal()) {
                    out.collect(segment);
                }
            }
        }
    }

    private static final class Sum extends ProcessWindowFunction<Segment, Long, Long, TimeWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void process(Long key, Context context, Iterable<Segment> segments, Collector<Long> out) {
            long sum = 0;
            for (Segment segment : segments) {
                sum += TestSegments.sum(segment);
            }
            out.collect(sum);
        }
    }
}
