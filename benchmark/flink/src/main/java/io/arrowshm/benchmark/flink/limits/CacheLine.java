package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.benchmark.flink.job.BenchmarkException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long one process takes to see what another one has written: a number in a cache line of shared memory, which both
 * count up in turn. What a reference, or anything else, needs at least to get from one process to another.
 */
final class CacheLine {
    private static final VarHandle NUMBER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int FILE_BYTES = 4096;
    private static final int WARM_UP = 100_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    /** Two processes on one core only get on when one of them gives way. */
    private static final int MOST_SPINS = Runtime.getRuntime().availableProcessors() < 2 ? 0 : 10_000;

    private CacheLine() {}

    /**
     * Times of single hand-overs, each of which is half of one there and back.
     *
     * @param medianNanos the one in the middle
     * @param p99Nanos exceeded by one in a hundred
     */
    record HandOvers(double medianNanos, double p99Nanos) {
        /** @param roundTripNanos of at least one there and back, in any order */
        static HandOvers of(long[] roundTripNanos) {
            long[] sorted = roundTripNanos.clone();
            Arrays.sort(sorted);
            return new HandOvers(sorted[sorted.length / 2] / 2.0, sorted[(int) (sorted.length * 0.99)] / 2.0);
        }
    }

    /**
     * @param directory of a tmpfs; nothing is left there
     * @param count of hand-overs there and back
     */
    static HandOvers measure(Path directory, int count) throws IOException {
        Path file = directory.resolve("limits-line-" + ProcessHandle.current().pid());
        // For Ctrl-C.
        file.toFile().deleteOnExit();
        try {
            Files.write(file, new byte[FILE_BYTES], StandardOpenOption.CREATE_NEW);
            MappedByteBuffer memory = map(file);
            int all = WARM_UP + count;
            try (ChildJvm other = ChildJvm.start(Answerer.class, file.toString(), Integer.toString(all))) {
                long[] nanos = new long[all];
                for (int i = 0; i < all; i++) {
                    long since = System.nanoTime();
                    NUMBER.setRelease(memory, 0, 2L * i + 1);
                    await(memory, 2L * i + 2);
                    nanos[i] = System.nanoTime() - since;
                }
                return HandOvers.of(Arrays.copyOfRange(nanos, WARM_UP, all));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES);
        }
    }

    /** @throws BenchmarkException if the other process does not answer */
    @SuppressWarnings("ThreadPriorityCheck") // Who waits has nothing else to do, and must not sleep.
    private static void await(MappedByteBuffer memory, long number) {
        long spins = 0;
        long deadline = 0;
        while ((long) NUMBER.getAcquire(memory, 0) != number) {
            if (spins++ < MOST_SPINS) {
                Thread.onSpinWait();
                continue;
            }
            Thread.yield();
            if (deadline == 0) {
                deadline = System.nanoTime() + TIMEOUT.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                throw new BenchmarkException("the other process did not hand the cache line back within " + TIMEOUT);
            }
        }
    }

    /** The other process. */
    public static final class Answerer {
        private Answerer() {}

        /** @param arguments the file, and how many hand-overs to answer */
        public static void main(String[] arguments) throws IOException {
            MappedByteBuffer memory = map(Path.of(arguments[0]));
            int count = Integer.parseInt(arguments[1]);
            for (int i = 0; i < count; i++) {
                await(memory, 2L * i + 1);
                NUMBER.setRelease(memory, 0, 2L * i + 2);
            }
        }
    }
}
