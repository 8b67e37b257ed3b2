package io.arrowshm.flink.stream;

import io.arrowshm.shm.PoolOptions;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.Internal;

/**
 * How an edge sends.
 *
 * @param pool that both ends open
 * @param distribution over the receivers
 * @param creditBytes that may be on their way on all channels of one sender together
 * @param invitationTimeout for which the first segment waits for its receiver to join
 * @param creditTimeout for which a segment waits for credit before it goes by value
 */
@Internal
public record TransferOptions(
        PoolOptions pool,
        Distribution distribution,
        long creditBytes,
        Duration invitationTimeout,
        Duration creditTimeout)
        implements Serializable {}
