package io.arrowshm.process;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.testing.PoolProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;

/**
 * Allocates, fills, seals, sends, receives and releases on one thread, once memory is warm. Before and after the rounds it
 * asks for a file that is not there, so that a trace of its system calls shows where they are.
 */
public final class WarmProcess {
    static final Path BEGIN = Path.of("/arrow-shm-rounds-begin");
    static final Path END = Path.of("/arrow-shm-rounds-end");
    private static final int WARM_UP_ROUNDS = 3000;

    private WarmProcess() {}

    /** Arguments: pool, bytes of a segment's body, rounds, and bytes of the bodies to fill the pool with before, or 0. */
    public static void main(String[] arguments) throws IOException {
        PoolOptions options =
                PoolOptions.named(arguments[0]).withSizeBytes(16 << 20).withSlots(1024);
        long bodyBytes = Long.parseLong(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        long fillerBytes = Long.parseLong(arguments[3]);
        try (SharedMemoryPool pool = SharedMemoryPool.open(options);
                Epoch epoch = pool.openEpoch("warm")) {
            List<SegmentWriter> fillers = new ArrayList<>();
            if (fillerBytes > 0) {
                fillAndFreeOne(pool, fillerBytes, fillers);
            }
            rounds(pool, epoch, bodyBytes, WARM_UP_ROUNDS);
            long faults = minorFaults();
            Files.exists(BEGIN);
            rounds(pool, epoch, bodyBytes, rounds);
            Files.exists(END);
            System.out.println("minor faults " + (minorFaults() - faults));
            fillers.forEach(SegmentWriter::close);
        }
    }

    private static void fillAndFreeOne(SharedMemoryPool pool, long bodyBytes, List<SegmentWriter> fillers) {
        try {
            while (true) {
                fillers.add(pool.newSegment(PoolProcess.SCHEMA, bodyBytes));
            }
        } catch (SharedMemoryException e) {
            fillers.remove(0).close();
        }
    }

    private static void rounds(SharedMemoryPool pool, Epoch epoch, long bodyBytes, int rounds) {
        int values = (int) (bodyBytes / Long.BYTES);
        for (int round = 0; round < rounds; round++) {
            SegmentRef reference;
            try (SegmentWriter writer = pool.newSegment(PoolProcess.SCHEMA, bodyBytes)) {
                ArrowBuf numbers = writer.allocator().buffer(bodyBytes);
                for (long at = 0; at < bodyBytes; at += 512) {
                    numbers.setLong(at, round + at);
                }
                writer.load(writer.root().getVector(0), values, numbers);
                writer.root().setRowCount(values);
                try (Segment segment = writer.seal()) {
                    reference = requireNonNull(segment.trySend(epoch));
                }
            }
            try (Segment received = pool.receive(reference)) {
                if (PoolProcess.sum(received) != round) {
                    throw new IllegalStateException("other data in round " + round);
                }
            }
        }
    }

    /** Of this process so far: pages that had memory and were not mapped, or were touched for the first time. */
    private static long minorFaults() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        // Fields are counted behind the name of the program, which may have spaces: there minflt is the eighth.
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 9)[7]);
    }
}
