package io.arrowshm.benchmark.flink.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MachineLimitsTest {
    private static final Path DIRECTORY = Path.of(PoolOptions.defaultDirectory());
    private static final Duration SHORT = Duration.ofMillis(20);

    @AfterEach
    void nothingIsLeft() {
        String own = "limits-";
        long processId = ProcessHandle.current().pid();
        assertThat(DIRECTORY.toFile().list((directory, name) -> name.startsWith(own) && name.endsWith("-" + processId)))
                .isEmpty();
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void memoryIsCopiedWarmUncachedAndCold() throws Exception {
        assertThat(MemoryCopy.warm(1 << 13, SHORT)).isPositive();
        assertThat(MemoryCopy.uncached(1 << 16, SHORT)).isPositive();
        assertThat(MemoryCopy.cold(1 << 16, DIRECTORY)).isPositive();
    }

    @Test
    void anotherProcessWritesOverLoopback() throws Exception {
        assertThat(LoopbackTcp.gigabytesPerSecond(SHORT)).isPositive();
    }

    @Test
    void aCacheLineGoesToAnotherProcessAndBack() throws Exception {
        CacheLine.HandOvers handOvers = CacheLine.measure(DIRECTORY, 1000);
        assertThat(handOvers.medianNanos()).isPositive();
        assertThat(handOvers.p99Nanos()).isGreaterThanOrEqualTo(handOvers.medianNanos());
    }

    @Test
    void aHandOverIsHalfOfOneThereAndBack() {
        CacheLine.HandOvers handOvers = CacheLine.HandOvers.of(
                LongStream.rangeClosed(1, 100).map(i -> 202 - 2 * i).toArray());
        assertThat(handOvers.medianNanos()).isEqualTo(51);
        assertThat(handOvers.p99Nanos()).isEqualTo(100);
    }
}
