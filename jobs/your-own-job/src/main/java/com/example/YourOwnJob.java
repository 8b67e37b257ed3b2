package com.example;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.flink.SegmentStream;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes batches of a thousand numbers in shared memory, sends them to the task of their key, in whatever TaskManager that
 * runs, and prints the total of each key at the end, into the TaskManagers' {@code .out} files.
 */
public final class YourOwnJob {
    private static final int ROWS = 1000;
    private static final int KEYS = 4;
    private static final Schema SCHEMA =
            new Schema(List.of(Field.notNullable("number", new ArrowType.Int(64, true))));

    private YourOwnJob() {}

    /** @param args the name of the pool, how many batches are made, and how many milliseconds each takes: all optional */
    public static void main(String[] args) throws Exception {
        String pool = args.length > 0 ? args[0] : "your-own-job";
        long batches = args.length > 1 ? Long.parseLong(args[1]) : 1000;
        long milliseconds = args.length > 2 ? Long.parseLong(args[2]) : 0;

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(500);
        SegmentStream.make(
                        env.fromSequence(0, batches - 1).uid("numbers"),
                        PoolOptions.named(pool).withSizeBytes(64 << 20),
                        SCHEMA,
                        SegmentSize.of(SCHEMA, ROWS),
                        (number, writer) -> {
                            Thread.sleep(milliseconds);
                            fill(number, writer);
                        })
                .keyBy(YourOwnJob::key, Types.LONG)
                .process(new Total(), Types.STRING)
                .uid("totals")
                .print();
        env.execute("your own job");
    }

    private static void fill(long number, SegmentWriter writer) {
        BigIntVector numbers = (BigIntVector) writer.root().getVector("number");
        numbers.allocateNew();
        for (int i = 0; i < ROWS; i++) {
            numbers.set(i, number);
        }
        writer.root().setRowCount(ROWS);
    }

    private static long key(Segment segment) {
        return ((BigIntVector) segment.root().getVector("number")).get(0) % KEYS;
    }

    /** Keeps the total of a key in Flink's state, and emits it when there is nothing more to come. */
    private static final class Total extends KeyedProcessFunction<Long, Segment, String> {
        private transient ValueState<Long> total;

        @Override
        public void open(OpenContext context) {
            total = getRuntimeContext().getState(new ValueStateDescriptor<>("total", Types.LONG));
        }

        @Override
        public void processElement(Segment segment, Context context, Collector<String> out) throws Exception {
            BigIntVector numbers = (BigIntVector) segment.root().getVector("number");
            long sum = total.value() == null ? 0 : total.value();
            for (int i = 0; i < numbers.getValueCount(); i++) {
                sum += numbers.get(i);
            }
            total.update(sum);
            context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
        }

        @Override
        public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) throws Exception {
            out.collect("total of key " + context.getCurrentKey() + ": " + total.value());
        }
    }
}
