package io.arrowshm.flink.dropin;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.internals.RunningTask;
import io.arrowshm.flink.stream.IncomingChannels;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import java.io.DataInput;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one execution attempt of a task has in the pool: opened when it first sends or is invited, closed when the attempt
 * has terminated. One thread, that of the task.
 */
final class TaskExchange {
    private static final Logger LOG = LoggerFactory.getLogger(TaskExchange.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();
    /** The exchange of threads that are no task's, and of tasks that cannot be looked at: all goes by value. */
    private static final TaskExchange NONE = new TaskExchange("", null);
    // A task has a thread of its own, so that what is kept here ends with the task.
    private static final ThreadLocal<@Nullable TaskExchange> OF_THREAD = new ThreadLocal<>();

    private final String attempt;
    private final IncomingChannels channels = new IncomingChannels();
    private @Nullable TransferOptions options;
    private @Nullable SharedMemoryPool pool;
    private @Nullable Epoch epoch;

    private TaskExchange(String attempt, @Nullable TransferOptions options) {
        this.attempt = attempt;
        this.options = options;
    }

    /**
     * That of the task whose thread calls. The first call of each task arms those of its edges on which references are
     * allowed, from the next record on.
     */
    static TaskExchange ofThisThread() {
        TaskExchange exchange = OF_THREAD.get();
        if (exchange != null) {
            return exchange;
        }
        exchange = NONE;
        try {
            RunningTask task = RunningTask.ofThisThread();
            if (task != null && !task.isStreaming()) {
                // It is being made.
                return NONE;
            }
            if (task != null) {
                exchange = of(task);
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            warnOnce(e);
        }
        OF_THREAD.set(exchange);
        return exchange;
    }

    private static TaskExchange of(RunningTask task) throws ReflectiveOperationException {
        TaskExchange exchange = new TaskExchange(
                "drop-in " + task.name(),
                DropInOptions.transfer(task.taskManagerConfiguration()).orElse(null));
        task.whenTerminated(exchange::close);
        EdgeArming.arm(task, exchange);
        return exchange;
    }

    private static void warnOnce(Throwable e) {
        if (WARNED.compareAndSet(false, true)) {
            LOG.warn(
                    "All arrays go by value: the task that runs cannot be looked at, which needs Flink 2.0 to 2.3 and the JVM "
                            + "flag --add-opens=java.base/java.lang=ALL-UNNAMED of its shipped configuration",
                    e);
        }
    }

    /** The attempt's epoch, opened with the pool if need be; null if no pool is configured or it has no place. */
    @Nullable
    Epoch epoch() {
        if (epoch == null && options != null) {
            try {
                pool = ProcessPools.get(options.poolOptions());
                epoch = pool.openEpoch(attempt);
            } catch (SharedMemoryException e) {
                LOG.warn("{} has no place in the pool, arrays go by value: {}", attempt, e.getMessage());
                options = null;
            }
        }
        return epoch;
    }

    /** How arrays travel; null if they go by value. */
    @Nullable
    TransferOptions options() {
        return options;
    }

    /** The pool, once its epoch is open. */
    @Nullable
    SharedMemoryPool pool() {
        return pool;
    }

    /** Reads an invitation, and answers it in the pool if that is open here. */
    void answer(DataInput source) throws IOException {
        long poolId = source.readLong();
        int index = source.readInt();
        long nonce = source.readLong();
        Epoch mine = epoch();
        if (mine == null || pool == null || pool.id() != poolId) {
            return;
        }
        channels.join(mine, index, nonce);
    }

    /** Reads a reference, and takes the array over into the heap. */
    <A> A receive(PrimitiveArraySerializer<A> serializer, DataInput source) throws IOException {
        int index = source.readInt();
        SegmentRef reference = SegmentRef.readFrom(source);
        IncomingChannel channel = channels.get(index);
        if (pool == null || channel == null) {
            throw new IOException("a reference came on channel " + index
                    + ", which this task has not joined: the stream or the state is damaged: " + reference);
        }
        A array;
        try (Segment segment = Access.receiveForCall(pool, reference)) {
            array = serializer.copyOf(segment.array());
        }
        channel.received(reference.length());
        return array;
    }

    /** What is in flight stays good until the receivers are gone too. */
    private void close() {
        options = null;
        if (epoch != null) {
            epoch.close();
        }
    }
}
