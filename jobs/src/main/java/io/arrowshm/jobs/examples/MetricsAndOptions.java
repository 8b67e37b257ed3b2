package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.stream.ShmOptions;
import java.time.Duration;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Sets options of the connector in a job's configuration, and reads after the job how its segments have travelled: by
 * reference, or by value and why. The same figures, and more, are metrics of each operator in Flink's web UI.
 * Run it with {@code jobs/run metrics-and-options}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class MetricsAndOptions {
    private static final ArraySpec SMALL = ArraySpec.of(DType.FLOAT64, 64);
    private static final ArraySpec LARGE = ArraySpec.of(DType.FLOAT64, 65_536);

    private MetricsAndOptions() {}

    public static void main(String[] args) throws Exception {
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "metrics-and-options");

        Configuration options = new Configuration();
        // So much may be on its way; then a sender waits, at most so long, and after that segments go by value.
        options.set(ShmOptions.CREDIT, MemorySize.ofMebiBytes(16));
        options.set(ShmOptions.CREDIT_TIMEOUT, Duration.ofMinutes(1));
        // A sender waits as long for receivers that are only just starting.
        options.set(ShmOptions.INVITATION_TIMEOUT, Duration.ofMinutes(1));
        options.set(ShmOptions.SMALLEST_BY_REFERENCE, MemorySize.parse("4 kb"));

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
        SegmentStream.makeArrays(
                        env.fromSequence(1, 100),
                        poolOptions,
                        number -> number % 2 == 0 ? SMALL : LARGE,
                        (number, array) -> array.fill((double) number))
                .rebalance()
                .map(new CountElements(), Types.LONG)
                .sinkTo(new DiscardingSink<>());

        JobExecutionResult result = env.execute("metrics and options");
        new TreeMap<>(result.getAllAccumulatorResults())
                .forEach((name, value) -> System.out.println(name + ": " + value));
    }

    /** Flink adds up what the subtasks have counted. */
    private static final class CountElements extends RichMapFunction<Segment, Long> {
        private static final long serialVersionUID = 1L;

        private final LongCounter elements = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("elements", elements);
        }

        @Override
        public Long map(Segment segment) {
            long size = segment.array().size();
            elements.add(size);
            return size;
        }
    }
}
