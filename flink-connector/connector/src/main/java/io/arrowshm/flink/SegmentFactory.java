package io.arrowshm.flink;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.Patience;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.stream.RoomInPool;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.annotation.PublicEvolving;
import org.jspecify.annotations.Nullable;

/**
 * Makes segments in functions that make none, several, or those of several schemas of one element; for one of each
 * there is {@link SegmentStream#make}. A function closes what it has made once it has collected it: collecting lends a
 * segment to whatever comes behind. An asynchronous function gives away what it completes its result with: see {@link
 * SegmentStream#unorderedWait}.
 *
 * <pre>{@code
 * try (SegmentWriter writer = factory.newSegment(schema, SegmentSize.of(schema, 1000))) {
 *     fill(writer.root());
 *     try (Segment segment = writer.seal()) {
 *         out.collect(segment);
 *     }
 * }
 * }</pre>
 *
 * <p>Any thread; a writer belongs to one.
 */
@PublicEvolving
public final class SegmentFactory {
    private static final Duration FULL_POOL_WAIT = Duration.ofSeconds(1);

    private final @Nullable SharedMemoryPool pool;
    private final Patience patience = new Patience(FULL_POOL_WAIT);

    private SegmentFactory(@Nullable SharedMemoryPool pool) {
        this.pool = pool;
    }

    /**
     * Opens the pool in this process; to be called in a function's {@code open}. If it cannot be made or opened, or has no
     * place for this process, all segments of this factory are built in private memory and travel by value, with the
     * reason {@code no pool}; the log says once what is wrong.
     */
    public static SegmentFactory open(PoolOptions poolOptions) {
        return new SegmentFactory(ProcessPools.find(poolOptions));
    }

    /**
     * A writer of a segment in the pool. If the pool is full this waits for room, for a second; then this segment, and
     * as long as there is no room the next ones at once, are built in private memory and travel from there. So a full pool
     * slows a job but neither fails nor blocks it.
     *
     * @param bodyBytes that all buffers of the batch take together, each rounded up to 64
     * @throws SharedMemoryException ARGUMENT if the schema cannot be held
     * @throws InterruptedException if the task is cancelled while waiting
     */
    public SegmentWriter newSegment(Schema schema, long bodyBytes) throws InterruptedException {
        return allocate(
                open -> open.newSegment(schema, bodyBytes), () -> SegmentWriter.inPrivateMemory(schema, bodyBytes));
    }

    /**
     * A writer of a segment in the pool, whose vectors allocate just what the size has room for; in private memory if the
     * pool is full or there is none, as the other method says.
     *
     * @throws SharedMemoryException ARGUMENT if the schema cannot be held
     * @throws InterruptedException if the task is cancelled while waiting
     */
    public SegmentWriter newSegment(Schema schema, SegmentSize size) throws InterruptedException {
        return allocate(open -> open.newSegment(schema, size), () -> SegmentWriter.inPrivateMemory(schema, size));
    }

    /**
     * A writer of an n-dimensional array in the pool, or in private memory if that is full or not there.
     *
     * @throws SharedMemoryException ARGUMENT if the array is too large for any memory
     * @throws InterruptedException if the task is cancelled while waiting
     */
    public ArrayWriter newArray(ArraySpec spec) throws InterruptedException {
        return allocate(open -> open.newArray(spec), () -> ArrayWriter.inPrivateMemory(spec));
    }

    private <T> T allocate(Function<SharedMemoryPool, T> inPool, Supplier<T> inPrivateMemory)
            throws InterruptedException {
        SharedMemoryPool open = pool;
        if (open == null) {
            return inPrivateMemory.get();
        }
        try {
            T writer = RoomInPool.await(patience.nanos(), () -> inPool.apply(open));
            patience.helped();
            return writer;
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            patience.wasInVain();
            return inPrivateMemory.get();
        }
    }
}
