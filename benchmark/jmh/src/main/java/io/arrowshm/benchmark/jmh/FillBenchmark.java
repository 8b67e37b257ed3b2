package io.arrowshm.benchmark.jmh;

import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.internal.memory.Memory;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.types.pojo.Schema;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Copies an array into a segment: allocated, filled, sealed and released, its memory recycled. Beside it the bound, which
 * is the same copy (memcpy) to private memory that is there and warm. The larger sizes do not fit into the caches.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FillBenchmark {
    @Param({"4096", "1048576", "67108864"})
    private long bytes;

    private final Schema schema = BenchmarkPool.columns(1);
    private long source;
    private long target;

    @Setup(Level.Trial)
    public void allocate() {
        source = Memory.allocatePrivate(bytes);
        target = Memory.allocatePrivate(bytes);
        Memory.fill(source, bytes, (byte) 7);
        Memory.fill(target, bytes, (byte) 1);
    }

    @TearDown(Level.Trial)
    public void free() {
        Memory.freePrivate(source);
        Memory.freePrivate(target);
    }

    @Benchmark
    public long recycledSegment(BenchmarkPool pool) {
        try (SegmentWriter writer = pool.writer(schema, bytes)) {
            long address = writer.root().getVector(0).getDataBuffer().memoryAddress();
            Memory.copy(source, address, bytes);
            try (Segment segment = writer.seal()) {
                return segment.length();
            }
        }
    }

    @Benchmark
    public long warmMemory() {
        Memory.copy(source, target, bytes);
        return target;
    }
}
