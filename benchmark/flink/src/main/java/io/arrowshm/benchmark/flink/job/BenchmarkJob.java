package io.arrowshm.benchmark.flink.job;

import io.arrowshm.PoolOptions;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.flink.dropin.DropIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** One job that moves arrays for a time. */
public final class BenchmarkJob {
    private BenchmarkJob() {}

    /**
     * Runs as many as the load says to their end, and checks that every consumer has read every array.
     *
     * @param flinkOptions of the jobs
     * @return what each of them has done
     * @throws BenchmarkException if the job failed, or lost or changed anything
     */
    public static List<Outcome> run(
            Exchange exchange, Load load, PoolOptions pool, LocalCluster cluster, Map<String, String> flinkOptions)
            throws InterruptedException {
        String name = exchange.text() + " " + load.bytes();
        try {
            List<JobClient> jobs = new ArrayList<>();
            for (int job = 0; job < load.jobs(); job++) {
                jobs.add(submit(name, exchange, load, pool, cluster, flinkOptions));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (JobClient job : jobs) {
                outcomes.add(
                        checked(name, load, job.getJobExecutionResult().get().getAllAccumulatorResults()));
            }
            return outcomes;
        } catch (ExecutionException e) {
            throw new BenchmarkException("the job " + name + " failed", e);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new BenchmarkException("the job " + name + " was not accepted", e);
        }
    }

    private static JobClient submit(
            String name,
            Exchange exchange,
            Load load,
            PoolOptions pool,
            LocalCluster cluster,
            Map<String, String> flinkOptions)
            throws Exception {
        Configuration configuration = Configuration.fromMap(flinkOptions);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env = cluster.environment(configuration);
        env.setParallelism(1);
        try {
            if (exchange.isDropIn()) {
                DropIn.enable(configuration);
            }
            DataStream<Long> numbers = env.fromSource(
                            new TimedSource(load), WatermarkStrategy.noWatermarks(), "numbers")
                    .slotSharingGroup(Place.of(load, 0).group());
            exchange.tasks(pool).addTo(numbers, load);
            return env.executeAsync(name);
        } finally {
            DropIn.disable();
        }
    }

    /** What the accumulators of a job that has finished say. */
    static Outcome checked(String name, Load load, Map<String, Object> accumulators) {
        List<Figures> consumers = new ArrayList<>();
        for (int consumer = 0; consumer < load.consumers(); consumer++) {
            consumers.add(checked(name, load, Figures.of(consumer, accumulators)));
        }
        return new Outcome(consumers, ProcessCosts.of(accumulators));
    }

    private static Figures checked(String name, Load load, Figures figures) {
        double expected = Template.expectedSum(load, figures.arrays());
        if (figures.sum() != expected) {
            throw new BenchmarkException("the job " + name + " is wrong: its consumer read " + figures.arrays()
                    + " arrays with the sum " + figures.sum() + ", which should be " + expected);
        }
        if (figures.counted() == 0) {
            throw new BenchmarkException("the job " + name + " measured nothing: its consumer read " + figures.arrays()
                    + " arrays, all of them while it warmed up; give it more --seconds");
        }
        return figures;
    }
}
