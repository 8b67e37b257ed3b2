package io.arrowshm.process;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.Access;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Does one thing a line of its input, joining and leaving too, and answers {@code done} or {@code error} and its kind. */
public final class FaultProcess {
    private final PoolOptions options;
    private final List<AutoCloseable> kept = new ArrayList<>();
    private SharedMemoryPool pool;
    private Epoch epoch;

    private FaultProcess(PoolOptions options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws IOException {
        FaultProcess process = new FaultProcess(options(arguments[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                process.run(line.split(" ", -1));
                System.out.println("done");
            } catch (SharedMemoryException e) {
                System.out.println("error " + e.kind() + " " + e.getMessage());
            }
        }
        // Input ends when the parent dies: so does this process, without leaving the pool.
    }

    static PoolOptions options(String pool) {
        return PoolOptions.named(pool).withSizeBytes(16 << 20).withSlots(4096);
    }

    private void run(String[] words) throws IOException {
        switch (words[0]) {
            case "open" -> pool = SharedMemoryPool.open(options);
            case "leave" -> pool.close();
            case "remove" -> SharedMemoryPool.remove(options);
            case "build" -> {
                SegmentWriter writer = pool.newSegment(PoolProcess.SCHEMA, PoolProcess.BUILD_BYTES);
                kept.add(writer);
            }
            case "write" -> kept.add(write(words[1]));
            case "pass" -> write(words[1]).close();
            case "share" -> kept.add(share(words[1]));
            case "seal-lent" -> {
                Segment segment = share(words[1]);
                kept.add(segment);
                segment.lend();
                segment.seal();
            }
            case "epoch" -> epoch = pool.openEpoch(words[1]);
            case "channel" -> requireNonNull(Access.openChannel(epoch));
            case "send" -> {
                try (Segment segment = write(words[1])) {
                    requireNonNull(segment.trySend(epoch));
                }
            }
            case "receive" -> kept.add(pool.receive(PoolProcess.parse(words[1])));
            case "lend" -> {
                Segment segment = write(words[1]);
                kept.add(segment);
                segment.lend();
            }
            case "adopt" -> kept.add(pool.adopt(words[1]));
            case "publish" -> kept.add(DatasetProcess.publish(pool, words[1], Long.parseLong(words[2]), Set.of(words)));
            case "hold" -> kept.add(Datasets.of(pool).open(words[1]));
            case "delete" -> Datasets.of(pool).delete(words[1]);
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private Segment share(String seed) {
        return StormContent.share(pool, Long.parseLong(seed), new LongestWaits());
    }

    private Segment write(String seed) {
        return PoolProcess.write(pool, Long.parseLong(seed));
    }
}
