package io.arrowshm.flink.stream;

import io.arrowshm.shm.PoolOptions;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the edges of a stream send.
 *
 * @param pool that both ends open
 * @param creditBytes that may be on their way on all channels of one edge together, 0 for a share of the pool
 * @param invitationTimeout for which the first segment waits for its receiver to join
 * @param creditTimeout for which a segment waits for credit before it goes by value
 * @param smallestReferenceBytes below which a segment always goes by value
 */
@Internal
public record TransferOptions(
        PoolOptions pool,
        long creditBytes,
        Duration invitationTimeout,
        Duration creditTimeout,
        long smallestReferenceBytes)
        implements Serializable {
    /** As the job's configuration says. */
    public static TransferOptions of(PoolOptions pool, ReadableConfig configuration) {
        return new TransferOptions(
                pool,
                configuration.get(ShmOptions.CREDIT).getBytes(),
                configuration.get(ShmOptions.INVITATION_TIMEOUT),
                configuration.get(ShmOptions.CREDIT_TIMEOUT),
                configuration.get(ShmOptions.SMALLEST_BY_REFERENCE).getBytes());
    }
}
