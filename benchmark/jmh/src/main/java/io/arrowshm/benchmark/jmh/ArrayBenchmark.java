package io.arrowshm.benchmark.jmh;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import java.util.concurrent.TimeUnit;
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

/**
 * One n-dimensional array of doubles, 1 MiB: opened in place, with its header checked, and closed; and made, not filled,
 * sealed and released, in recycled memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ArrayBenchmark {
    private final ArraySpec spec = ArraySpec.of(DType.FLOAT64, 256, 512);
    private Segment segment;

    @Setup(Level.Trial)
    public void write(BenchmarkPool pool) {
        try (ArrayWriter writer = pool.pool().newArray(spec)) {
            writer.array().fill(1.0);
            segment = pool.closedWithThis(writer.seal());
        }
    }

    @Benchmark
    public double open() {
        // A handle of its own, because a handle opens its array once.
        try (Segment handle = segment.retain()) {
            return handle.array().getDouble(1, 2);
        }
    }

    @Benchmark
    public long allocateAndSealAndRelease(BenchmarkPool pool) {
        try (ArrayWriter writer = pool.pool().newArray(spec);
                Segment sealed = writer.seal()) {
            return sealed.length();
        }
    }
}
