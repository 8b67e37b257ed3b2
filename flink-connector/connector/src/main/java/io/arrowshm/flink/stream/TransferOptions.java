package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the edges of a stream send.
 *
 * @param poolOptions that both ends open
 * @param creditBytes that may be on their way on all channels of one edge together, 0 for a share of the pool
 * @param invitationTimeout for which the first segment waits for its receiver to join
 * @param creditTimeout for which a segment waits for credit before it goes by value
 * @param smallestByReferenceBytes below which a segment always goes by value
 */
@Internal
public record TransferOptions(
        PoolOptions poolOptions,
        long creditBytes,
        Duration invitationTimeout,
        Duration creditTimeout,
        long smallestByReferenceBytes)
        implements Serializable {
    private static final int CREDIT_PER_POOL = 4;
    private static final long MOST_CREDIT_BYTES = 64L << 20;

    /** What the configuration says about the edges of a pool. */
    public static TransferOptions of(PoolOptions poolOptions, ReadableConfig configuration) {
        return new TransferOptions(
                poolOptions,
                configuration.get(ShmOptions.CREDIT).getBytes(),
                configuration.get(ShmOptions.INVITATION_TIMEOUT),
                configuration.get(ShmOptions.CREDIT_TIMEOUT),
                configuration.get(ShmOptions.SMALLEST_BY_REFERENCE).getBytes());
    }

    /** These options with another size below which all goes by value. */
    public TransferOptions withSmallestByReferenceBytes(long bytes) {
        return new TransferOptions(poolOptions, creditBytes, invitationTimeout, creditTimeout, bytes);
    }

    /**
     * Bytes that one sending subtask may have on their way to all its receivers together.
     *
     * @param senders sending subtasks of the edge
     */
    public long creditBytes(SharedMemoryPool openPool, int senders) {
        return creditBytes > 0
                ? creditBytes / senders
                : Math.min(openPool.sizeBytes() / CREDIT_PER_POOL / senders, MOST_CREDIT_BYTES);
    }
}
