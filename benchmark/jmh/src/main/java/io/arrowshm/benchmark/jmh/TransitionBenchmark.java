package io.arrowshm.benchmark.jmh;

import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Ownership;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of the ownership protocol, uncontended: a reference is put in flight and taken back, which are two steps. Beside
 * it the bound, a read and a compare-and-set on private memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TransitionBenchmark {
    private static final int SLOT = 0;
    private static final int EPOCH = 1;

    private Slots slots;
    private Ownership ownership;
    private Reclaimer reclaimer;
    private long word;

    @Setup(Level.Trial)
    public void allocate() throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "benchmark-");
        try (DirectoryHandle opened = DirectoryHandle.open(directory)) {
            Slots.create(opened.path(), 64);
            slots = new Slots(opened.path(), 64);
        } finally {
            // What is mapped stays.
            deleteAll(directory);
        }
        ownership = new Ownership(slots, 0);
        reclaimer = new Reclaimer(slots);
        ownership.back(SLOT);
        ownership.tryAllocate(SLOT);
        ownership.seal(SLOT, 1);
        word = Memory.allocatePrivate(Long.BYTES);
        Memory.putLong(word, 0);
    }

    @TearDown(Level.Trial)
    public void free() {
        Memory.freePrivate(word);
    }

    @Benchmark
    @OperationsPerInvocation(2)
    public boolean transition() {
        boolean sent = ownership.trySend(SLOT, EPOCH);
        reclaimer.voidEpoch(SLOT, EPOCH);
        return sent;
    }

    @Benchmark
    public boolean privateCompareAndSet() {
        long old = Memory.getLongVolatile(word);
        return Memory.compareAndSetLong(word, old, old + 1);
    }

    private static void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
