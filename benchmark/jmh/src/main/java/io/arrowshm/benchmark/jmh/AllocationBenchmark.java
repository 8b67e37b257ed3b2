package io.arrowshm.benchmark.jmh;

import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
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
 * Memory for one column of doubles from its allocation to its release, not filled: what a segment costs beyond its data.
 * A segment's memory is recycled after the first round, as in a running job. Beside it what else an exchange could take:
 * a buffer of Arrow's allocator, a direct byte buffer (which the JDK zeroes, and frees by collecting garbage), and a new
 * file in shared memory, mapped (no page of it is touched).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AllocationBenchmark {
    @Param({"4096", "1048576", "67108864"})
    private int bytes;

    private final Schema schema = BenchmarkPool.columns(1);
    private final Path file =
            Path.of("/dev/shm/benchmark-file-" + ProcessHandle.current().pid());
    private BufferAllocator arrow;

    @Setup(Level.Trial)
    public void makeAllocator() {
        arrow = new RootAllocator();
    }

    @TearDown(Level.Trial)
    public void closeAllocator() {
        arrow.close();
    }

    @Benchmark
    public long segment(BenchmarkPool pool) {
        try (SegmentWriter writer = pool.writer(schema, bytes);
                Segment segment = writer.seal()) {
            return segment.length();
        }
    }

    @Benchmark
    public long arrowBuffer() {
        try (ArrowBuf buffer = arrow.buffer(bytes)) {
            return buffer.memoryAddress();
        }
    }

    @Benchmark
    public ByteBuffer directByteBuffer() {
        return ByteBuffer.allocateDirect(bytes);
    }

    @Benchmark
    public ByteBuffer newMappedFile() {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            Files.delete(file);
            return mapped;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
