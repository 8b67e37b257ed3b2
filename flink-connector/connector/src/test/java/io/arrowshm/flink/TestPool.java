package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.flink.stream.ProcessPools;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A pool for the tests of a class, in which each test leaves nothing. */
public final class TestPool implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final PoolOptions options;
    private SharedMemoryPool pool;

    public TestPool(String name) {
        options = PoolOptions.named(
                        "flink-" + name + "-" + ProcessHandle.current().pid())
                .withSizeBytes(16 << 20)
                .withSlots(4096);
    }

    public PoolOptions options() {
        return options;
    }

    public SharedMemoryPool pool() {
        return pool;
    }

    public Datasets datasets() {
        return Datasets.of(pool);
    }

    /** A persistent dataset of one array, {@code values}. */
    public void publish(String name, long... values) {
        try (Segment segment = array(values)) {
            datasets().create(name).add("values", segment).overwrite().publishPersistent();
        }
    }

    public Segment array(long... values) {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.INT64, values.length))) {
            for (int i = 0; i < values.length; i++) {
                writer.array().at(i).set(values[i]);
            }
            return writer.seal();
        }
    }

    public List<String> names() {
        return datasets().list().stream().map(DatasetInfo::name).toList();
    }

    public void deleteAll() {
        names().forEach(datasets()::delete);
    }

    /** Waits until so many segments exist, named ones and others. */
    public void awaitSegments(int expected) {
        await(() -> pool.statistics().segments() == expected, expected + " segments");
        assertThat(pool.statistics().segments()).isEqualTo(expected);
    }

    /** Waits until something holds. */
    public static void await(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("waited %s for %s", TIMEOUT, what)
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        pool = SharedMemoryPool.open(options);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> left = names();
        deleteAll();
        await(() -> pool.statistics().segments() == 0, "all segments to be given back");
        assertThat(left).as("datasets left").isEmpty();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }
}
