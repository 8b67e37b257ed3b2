package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.flink.TestJobs;
import io.arrowshm.flink.TestPool;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job may be switched to drop-in mode and back at any savepoint. */
class DropInSavepointTest {
    private static final long TIMEOUT_SECONDS = 60;
    private static final long ENOUGH = 100;
    private static final long RECORDS_PER_SECOND = 200;

    @RegisterExtension
    static final DropInCluster CLUSTER = new DropInCluster();

    @ParameterizedTest(name = "from drop-in {0} to {1}, {2} into {3}")
    @CsvSource({
        "true, false, hashmap, CANONICAL",
        "false, true, hashmap, CANONICAL",
        "true, false, rocksdb, CANONICAL",
        "false, true, rocksdb, CANONICAL",
        "true, false, rocksdb, NATIVE",
        "false, true, rocksdb, NATIVE",
    })
    void aSavepointGoesOnWithDropInModeAndWithoutIt(
            boolean before, boolean after, String backend, SavepointFormatType format, @TempDir Path directory)
            throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
        JobClient job = start(before, configuration);
        awaitProcessed(job);
        String savepoint = job.stopWithSavepoint(false, directory.toUri().toString(), format)
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient restored = start(after, configuration);
        awaitProcessed(restored);
        TestJobs.cancel(restored);
    }

    private static JobClient start(boolean dropIn, Configuration configuration) throws Exception {
        FrameHistory.PROCESSED.set(0);
        return CLUSTER.submit(dropIn, configuration, DropInSavepointTest::build);
    }

    private static void build(StreamExecutionEnvironment env) {
        GeneratorFunction<Long, Long> identity = number -> number;
        env.fromSource(
                        new DataGeneratorSource<>(
                                identity,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(RECORDS_PER_SECOND),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .setParallelism(1)
                .uid("numbers")
                .map(Frame::of)
                .setParallelism(1)
                .uid("frames")
                .keyBy(frame -> frame.number % FrameHistory.KEYS)
                .process(new FrameHistory())
                .uid("history")
                .sinkTo(new DiscardingSink<>())
                .uid("nothing");
    }

    private static void awaitProcessed(JobClient job) {
        TestPool.await(
                () -> {
                    assertThat(job.getJobStatus().join().isGloballyTerminalState())
                            .as("the job has ended")
                            .isFalse();
                    return FrameHistory.PROCESSED.get() > ENOUGH;
                },
                "enough records");
    }
}
