package io.arrowshm.jobs.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AbandonedPoolsTest {
    private static final AbandonedPools POOLS = new AbandonedPools("first-array");
    private static final long POOL_BYTES = 1 << 20;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "arrow-shm-test-");
    }

    @AfterEach
    void removeAllPools() throws IOException {
        for (Path pool : links()) {
            SharedMemoryPool.remove(
                    PoolOptions.named(pool.getFileName().toString()).withDirectory(directory.toString()));
        }
        Files.delete(directory);
    }

    @Test
    void onlyPoolsOfThisCommandWhoseMakerHasEndedAreRemoved() throws Exception {
        long ended = pidOfAnEndedProcess();
        String own = POOLS.nameOfOwn(false);
        String kept = "kept-first-array-" + ended;
        String ofAnotherCommand = "images-" + ended;
        for (String name : new String[] {"first-array-" + ended, own, kept, ofAnotherCommand}) {
            SharedMemoryPool.open(PoolOptions.named(name)
                            .withDirectory(directory.toString())
                            .withSizeBytes(POOL_BYTES))
                    .close();
        }
        POOLS.remove(directory);
        assertThat(links())
                .extracting(link -> link.getFileName().toString())
                .containsExactlyInAnyOrder(own, kept, ofAnotherCommand);
    }

    private Path[] links() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isSymbolicLink).toArray(Path[]::new);
        }
    }

    private static long pidOfAnEndedProcess() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }
}
