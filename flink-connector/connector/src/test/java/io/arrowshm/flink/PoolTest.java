package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs in this process on a pool that is empty after each test. */
@ExtendWith(TestCluster.class)
abstract class PoolTest {
    static final PoolOptions POOL = PoolOptions.named(
                    "flink-test-" + ProcessHandle.current().pid())
            .withSizeBytes(8 << 20)
            .withSlots(4096);

    private static SharedMemoryPool pool;

    @BeforeAll
    static void openPool() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterAll
    static void removePool() {
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @AfterEach
    void everythingIsGivenBack() {
        long deadline = System.nanoTime() + 5_000_000_000L;
        while ((pool.statistics().segments() > 0 || pool.statistics().epochs() > 0) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(pool.statistics().segments()).as("segments left").isZero();
        assertThat(pool.statistics().epochs()).as("epochs left").isZero();
    }

    static SharedMemoryPool pool() {
        return pool;
    }

    static StreamExecutionEnvironment environment(Configuration configuration) {
        return TestCluster.environment(1, configuration);
    }

    /** The segments of the numbers from a first one, made by one subtask. */
    static DataStream<Segment> segments(StreamExecutionEnvironment env, long first, int count) {
        return segments(env, first, count, new TestSegments.Make(POOL, false));
    }

    static DataStream<Segment> segments(StreamExecutionEnvironment env, long first, int count, TestSegments.Make make) {
        return env.fromSequence(first, first + count - 1).flatMap(make).returns(SegmentTypeInfo.of());
    }

    /** What the connector counted: how segments were sent. */
    static Map<String, Long> sent(JobExecutionResult result) {
        Map<String, Long> sent = new TreeMap<>();
        result.getAllAccumulatorResults().forEach((name, value) -> {
            if (name.startsWith("arrow-shm.")) {
                sent.put(name, (Long) value);
            }
        });
        return sent;
    }

    /** What it counts if all go by reference and none has to be copied. */
    static Map<String, Long> byReference(long references) {
        return Map.of("arrow-shm.references", references, "arrow-shm.copies", 0L);
    }
}
