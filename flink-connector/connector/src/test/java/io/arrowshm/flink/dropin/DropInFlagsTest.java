package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.FreshJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drop-in mode in processes with the JVM flags of Flink's shipped configuration, and without them. */
class DropInFlagsTest {
    private static final String SUM = "sum=" + DropInProcess.RECORDS * (DropInProcess.RECORDS - 1) / 2 + ", ";
    private static final PoolOptions POOL = PoolOptions.named(
                    "drop-in-flags-test-" + ProcessHandle.current().pid())
            .withSizeBytes(16 << 20);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterEach
    void removePool() {
        pool.close();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @Test
    void withFlinksFlagsArraysGoByReference(@TempDir Path directory) throws Exception {
        List<String> output = FreshJvm.run(FreshJvm.flinksFlags(), DropInProcess.class, POOL.name(), directory);
        assertThat(output)
                .filteredOn(line -> line.startsWith(SUM))
                .singleElement()
                .satisfies(line -> assertThat(line).containsPattern("references=[1-9]"));
        assertThat(output).noneMatch(line -> line.contains("by value"));
    }

    @Test
    void withoutThemTheyGoByValueWithOneWarningThatNamesTheFlag(@TempDir Path directory) throws Exception {
        List<String> output = FreshJvm.run(List.of(), DropInProcess.class, POOL.name(), directory);
        assertThat(output).contains(SUM + "references=null");
        assertThat(output)
                .filteredOn(line -> line.contains("All arrays go by value"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("WARN").contains("--add-opens=java.base/java.lang=ALL-UNNAMED"));
    }
}
