package io.arrowshm.flink.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.FreshJvm;
import io.arrowshm.flink.TestPool;
import io.arrowshm.inspect.PoolInspector;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessPoolsTest {
    private final PoolOptions options = PoolOptions.named(
                    "flink-ahead-" + ProcessHandle.current().pid())
            .withSizeBytes(1 << 20)
            .withSlots(64);

    @AfterEach
    void removePool() {
        ProcessPools.closeAll();
        SharedMemoryPool.remove(options);
    }

    @Test
    void aPoolIsOpenedAheadOfWhoAsksForIt() {
        ProcessPools.openAhead(options);
        TestPool.await(
                () -> PoolInspector.pools(Path.of(options.directory())).contains(options.name()), "the pool is opened");
        assertThat(ProcessPools.get(options)).isSameAs(ProcessPools.get(options));
    }

    @Test
    void whoAsksIsToldWhatWasWrongAhead() {
        PoolOptions nowhere = options.withDirectory("/absent");
        ProcessPools.openAhead(nowhere);
        assertThatThrownBy(() -> ProcessPools.get(nowhere))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("/absent");
    }

    @Test
    void aPoolIsOpenedWhileTheJobThatWantsItEndsAndKeepsNothingOfThat(@TempDir Path directory) throws Exception {
        assertThat(FreshJvm.run(
                        FreshJvm.flinksFlags(), OpeningForAJobThatEnds.class, "closed-" + options.name(), directory))
                .contains("opened")
                .noneMatch(line -> line.contains("keeps the job's class loader"));
    }
}
