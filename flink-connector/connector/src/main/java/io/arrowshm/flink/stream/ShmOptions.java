package io.arrowshm.flink.stream;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** Keys of a job's configuration that say how segments travel. */
@PublicEvolving
public final class ShmOptions {
    public static final ConfigOption<MemorySize> CREDIT = key("arrow-shm.credit")
            .memoryType()
            .defaultValue(MemorySize.ZERO)
            .withDescription("Bytes that may be on their way on one edge, all its subtasks together; 0 is a quarter of"
                    + " the pool, and at most 64 MiB a subtask.");

    public static final ConfigOption<Duration> CREDIT_TIMEOUT = key("arrow-shm.credit-timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(1))
            .withDescription("How long a segment waits for credit, as back-pressure, before it goes by value.");

    public static final ConfigOption<Duration> INVITATION_TIMEOUT = key("arrow-shm.invitation-timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("How long the first segments of a subtask wait for their receivers to join, before they go"
                    + " by value. Receivers that have no such pool never join.");

    public static final ConfigOption<MemorySize> SMALLEST_BY_REFERENCE = key("arrow-shm.smallest-by-reference")
            .memoryType()
            .defaultValue(MemorySize.ZERO)
            .withDescription("Segments of fewer bytes always go by value.");

    private ShmOptions() {}
}
