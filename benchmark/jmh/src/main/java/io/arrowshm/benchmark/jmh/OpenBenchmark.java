package io.arrowshm.benchmark.jmh;

import io.arrowshm.Segment;
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
 * A segment of ten columns is opened as a VectorSchemaRoot, in place, and closed: every length and offset in its metadata
 * is checked, none of its data is touched.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpenBenchmark {
    private static final int COLUMNS = 10;

    private Segment segment;

    @Setup(Level.Trial)
    public void write(BenchmarkPool pool) {
        segment = pool.sealed(BenchmarkPool.columns(COLUMNS), 1 << 16);
    }

    @Benchmark
    public int tenColumns() {
        // A handle of its own, because a handle opens its batch once.
        try (Segment handle = segment.retain()) {
            return handle.root().getRowCount();
        }
    }
}
