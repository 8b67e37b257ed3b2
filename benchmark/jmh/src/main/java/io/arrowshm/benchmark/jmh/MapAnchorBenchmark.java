package io.arrowshm.benchmark.jmh;

import static io.arrowshm.benchmark.jmh.MapBenchmark.ELEMENTS;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One added to 20,000,000 doubles in shared memory, in place, as Java does it: what {@link MapBenchmark} is compared with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class MapAnchorBenchmark {
    private MutableNdArray array;

    @Setup(Level.Trial)
    public void write(BenchmarkPool pool) {
        array = pool.closedWithThis(pool.pool()
                        .newArray(ArraySpec.of(DType.FLOAT64, ELEMENTS))
                        .share())
                .mutableArray();
        array.fill(0.0);
    }

    @Benchmark
    public void addOneByParallelStream() {
        IntStream.range(0, ELEMENTS).parallel().forEach(i -> array.at(i).set(array.getDouble(i) + 1));
    }

    @Benchmark
    public void addOneByLoop() {
        array.update(x -> x + 1);
    }
}
