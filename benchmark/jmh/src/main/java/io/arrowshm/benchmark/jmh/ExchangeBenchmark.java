package io.arrowshm.benchmark.jmh;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.internal.Access;
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
 * A reference to a sealed segment is sent, received and released, in one process and on one thread: the shared-memory side
 * of an exchange, without Flink and without a network. The sender keeps its hold, so that nothing is freed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExchangeBenchmark {
    private Segment segment;

    @Setup(Level.Trial)
    public void write(BenchmarkPool pool) {
        segment = pool.sealed(BenchmarkPool.columns(1), 4096);
    }

    @Benchmark
    public long sendReceiveRelease(BenchmarkPool pool) {
        SegmentRef reference = segment.trySend(pool.epoch());
        if (reference == null) {
            throw new IllegalStateException("the reference has no place");
        }
        try (Segment received = Access.receiveForCall(pool.pool(), reference)) {
            return received.length();
        }
    }
}
