package io.arrowshm.benchmark.jmh;

import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.CallOptions.chunks;
import static io.arrowshm.map.Functor.numbers;
import static io.arrowshm.map.RangeKernel.ranged;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.map.ProcessOptions;
import io.arrowshm.map.Shm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The parallel map, with a worker for each core: a call that does next to nothing, a range handed out and done, an index, and
 * one added to 20,000,000 doubles in place, by a kernel for each index and by one for ranges. {@link MapAnchorBenchmark} has the
 * same loops without it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class MapBenchmark {
    static final int ELEMENTS = 20_000_000;
    private static final int RANGES = 10_000;
    private static final int INDICES = 1_000_000;

    @Param({"serial", "threads", "processes"})
    private String context = "serial";

    private final PoolOptions options =
            PoolOptions.named("map-benchmark-" + ProcessHandle.current().pid()).withSizeBytes(512 << 20);
    private Shm shm;
    private MutableNdArray array;
    private MutableNdArray small;

    @Setup(Level.Trial)
    public void open() {
        int workers = Runtime.getRuntime().availableProcessors();
        shm = switch (context) {
            case "serial" -> Shm.serial(options);
            case "threads" -> Shm.threads(options, workers);
            default -> Shm.processes(ProcessOptions.of(options, workers));
        };
        array = shm.alloc(shape(ELEMENTS));
        small = shm.alloc(shape(INDICES));
    }

    @TearDown(Level.Trial)
    public void remove() {
        shm.close();
        SharedMemoryPool.remove(options);
    }

    @Benchmark
    public void trivialCall() {
        shm.map(numbers(shm.workers()), (worker, index, value) -> {});
    }

    @Benchmark
    @OperationsPerInvocation(RANGES)
    public void range() {
        shm.map(numbers(RANGES), chunks(1).dynamic(), ranged((worker, from, to) -> {}));
    }

    @Benchmark
    @OperationsPerInvocation(INDICES)
    public void index() {
        shm.map(small, (worker, index, value) -> value.set(value.getDouble() + 1));
    }

    @Benchmark
    public void addOneByIndices() {
        shm.map(array, (worker, index, value) -> value.set(value.getDouble() + 1));
    }

    @Benchmark
    public void addOneByRanges() {
        MutableNdArray out = array;
        shm.map(out, ranged((worker, from, to) -> out.slice(0, from, to).update(x -> x + 1)));
    }
}
