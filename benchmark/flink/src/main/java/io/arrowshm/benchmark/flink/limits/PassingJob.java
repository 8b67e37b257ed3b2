package io.arrowshm.benchmark.flink.limits;

import static java.util.Objects.requireNonNull;

import io.arrowshm.benchmark.flink.cluster.PooledCluster;
import io.arrowshm.benchmark.flink.cluster.TwoTaskManagers;
import io.arrowshm.benchmark.flink.job.BenchmarkException;
import io.arrowshm.benchmark.flink.job.Place;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.stream.ShmOptions;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * How many records a second get from a task in one TaskManager to one in another that does nothing but count them: records
 * of 24 bytes through Flink, or references to a few segments in turn.
 */
final class PassingJob {
    /** That may be on their way, whatever the size of the segment: what is measured must not depend on it. */
    private static final int REFERENCES_IN_FLIGHT = 1024;

    private final PooledCluster cluster;
    private final long records;

    /** @param records that are passed, of which the first third is not counted */
    PassingJob(PooledCluster cluster, long records) {
        this.cluster = cluster;
        this.records = records;
    }

    /** Three numbers each, in a tuple, which Flink serialises faster than any other type of its own. */
    double recordsPerSecond() throws InterruptedException {
        return rate(run(
                "24-byte records",
                Map.of(),
                numbers -> numbers.map(
                                number -> Tuple3.of(number, number, number),
                                Types.TUPLE(Types.LONG, Types.LONG, Types.LONG))
                        .slotSharingGroup(Place.of(0).group())
                        .rebalance()
                        .flatMap(new Count<>(records / 3), Types.BOOLEAN)));
    }

    /**
     * @param bytes of the segment
     * @throws BenchmarkException also if one of them went by value
     */
    double referencesPerSecond(int bytes) throws InterruptedException {
        Map<String, String> options = Map.of(
                ShmOptions.CREDIT.key(),
                (long) REFERENCES_IN_FLIGHT * bytes + " b",
                ShmOptions.CREDIT_TIMEOUT.key(),
                TwoTaskManagers.TIMEOUT.toSeconds() + " s");
        String name = "references to " + bytes + " bytes";
        Map<String, Object> accumulators = run(
                name,
                options,
                numbers -> SegmentStream.of(
                                numbers.flatMap(new PassOn(cluster.pool(), bytes), SegmentTypeInfo.of())
                                        .slotSharingGroup(Place.of(0).group()),
                                cluster.pool())
                        .rebalance()
                        .flatMap(new Count<>(records / 3), Types.BOOLEAN));
        long references = number(accumulators, "arrow-shm.references");
        long copies = number(accumulators, "arrow-shm.copies");
        if (references != records || copies != 0) {
            throw new BenchmarkException("the job " + name + " measured something else: of " + records + " segments "
                    + (records - references) + " went by value, and " + copies + " were copied");
        }
        return rate(accumulators);
    }

    private interface Tasks {
        SingleOutputStreamOperator<Boolean> behind(DataStream<Long> numbers);
    }

    private Map<String, Object> run(String name, Map<String, String> options, Tasks tasks) throws InterruptedException {
        StreamExecutionEnvironment env = cluster.cluster().environment();
        Configuration configuration = Configuration.fromMap(options);
        configuration.setString("restart-strategy.type", "none");
        env.configure(configuration);
        env.setParallelism(1);
        DataStream<Long> numbers =
                env.fromSequence(1, records).slotSharingGroup(Place.of(0).group());
        tasks.behind(numbers)
                .slotSharingGroup(Place.of(1).group())
                .sinkTo(new DiscardingSink<>())
                .slotSharingGroup(Place.of(1).group());
        try {
            return env.executeAsync(name).getJobExecutionResult().get().getAllAccumulatorResults();
        } catch (ExecutionException e) {
            throw new BenchmarkException("the job " + name + " failed", e);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new BenchmarkException("the job " + name + " was not accepted", e);
        }
    }

    private static double rate(Map<String, Object> accumulators) {
        return number(accumulators, Count.COUNTED) / (number(accumulators, Count.NANOS) / 1e9);
    }

    private static long number(Map<String, Object> accumulators, String name) {
        return requireNonNull((Number) accumulators.get(name), name).longValue();
    }
}
