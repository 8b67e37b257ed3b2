package io.arrowshm.flink.dropin;

import io.arrowshm.PoolOptions;
import io.arrowshm.flink.stream.ShmOptions;
import io.arrowshm.flink.stream.TransferOptions;
import java.util.List;
import java.util.Optional;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The configuration of drop-in mode. All but {@link #WRAPPERS} are read by TaskManagers from their own configuration, since
 * a pool belongs to a machine; from there, too, the credit and the waiting times of {@link ShmOptions}.
 */
@PublicEvolving
public final class DropInOptions {
    /** Name of the pool through which arrays travel; without it they go by value. */
    public static final ConfigOption<String> POOL = ConfigOptions.key("arrow-shm.drop-in.pool")
            .stringType()
            .noDefaultValue()
            .withDescription("Name of the pool through which arrays travel; without it they go by value.");

    /** The directory of the pool, on a tmpfs. */
    public static final ConfigOption<String> DIRECTORY = ConfigOptions.key("arrow-shm.drop-in.directory")
            .stringType()
            .noDefaultValue()
            .withDescription("The directory of the pool, on a tmpfs; by default ARROW_SHM_DIR, else /dev/shm.");

    /** The size of the pool if it has to be made. */
    public static final ConfigOption<MemorySize> POOL_SIZE = ConfigOptions.key("arrow-shm.drop-in.pool-size")
            .memoryType()
            .defaultValue(MemorySize.ZERO)
            .withDescription(
                    "The size of the pool if it has to be made; 0 for a quarter of what is free then, at most 4 GiB.");

    /** Arrays of fewer bytes always go by value. */
    public static final ConfigOption<MemorySize> SMALLEST_BY_REFERENCE = ConfigOptions.key(
                    "arrow-shm.drop-in.smallest-by-reference")
            .memoryType()
            .defaultValue(MemorySize.parse("2 kb"))
            .withDeprecatedKeys("arrow-shm.drop-in.threshold")
            .withDescription("Arrays of fewer bytes always go by value; at least 1 kb.");

    /** Fields that hold the array of classes that Flink gives to Kryo; read where the job is built. */
    public static final ConfigOption<List<String>> WRAPPERS = ConfigOptions.key("arrow-shm.drop-in.wrappers")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Classes that Flink gives to Kryo, each with the field that holds its array: "
                    + "com.acme.Image#pixels;com.acme.Wave#samples");

    private DropInOptions() {}

    /** How arrays travel, if a pool is configured. */
    static Optional<TransferOptions> transfer(ReadableConfig configuration) {
        return configuration
                .getOptional(POOL)
                .map(name -> PoolOptions.named(name)
                        .withDirectory(configuration.getOptional(DIRECTORY).orElseGet(PoolOptions::defaultDirectory))
                        .withSizeBytes(configuration.get(POOL_SIZE).getBytes()))
                .map(pool -> TransferOptions.of(pool, configuration)
                        .withSmallestByReferenceBytes(
                                configuration.get(SMALLEST_BY_REFERENCE).getBytes()));
    }
}
