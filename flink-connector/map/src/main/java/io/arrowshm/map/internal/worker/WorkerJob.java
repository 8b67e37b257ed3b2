package io.arrowshm.map.internal.worker;

import java.time.Duration;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job that workers are subtasks of: one vertex without any exchange, so that each of them is restarted alone. It runs until
 * its workers are not wanted any more.
 */
public final class WorkerJob {
    /** For messages. */
    public static final String NEEDS =
            "flink-connector-arrow-shm in Flink's lib/, and arrow-shm-map there or among the jars";

    private WorkerJob() {}

    /** What the job needs of Flink's options: workers are restarted for ever, and at once. */
    public static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
        return configuration;
    }

    /**
     * Submits the job.
     *
     * @param environment with {@link #configuration}
     */
    public static JobClient submit(StreamExecutionEnvironment environment, WorkerOptions options) throws Exception {
        environment
                .fromSource(
                        new WorkerSource(options),
                        WatermarkStrategy.noWatermarks(),
                        "workers of " + options.context(),
                        Types.INT)
                .setParallelism(options.workers())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(options.workers());
        return environment.executeAsync("arrow-shm map " + options.context());
    }
}
