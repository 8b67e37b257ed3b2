package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import java.io.IOException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Go module, alone and with Java in one pool. */
class GoModuleIT extends ExchangeWithJava {
    private static GoModule module;

    @BeforeAll
    static void build() throws Exception {
        module = GoModule.build();
    }

    @Test
    void itsOwnTestsPassAndItIsFormatted() throws Exception {
        assertThat(GoModule.run(GoModule.SOURCES, "test", "./...")).contains("ok");
        assertThat(GoModule.run(GoModule.SOURCES, "vet", "./...")).isEmpty();
        assertThat(GoModule.unformatted()).isEmpty();
    }

    @Test
    void whatEitherPublishesTheOtherReads() throws Exception {
        VectorDataset vectors = new VectorDataset(file -> !file.matches("strided.*|.*lz4.*|.*zstd.*"));
        exchange(vectors, "error arrow-shm:", "read", "copy");
    }

    @Test
    void aReaderKeepsWhatItReadsUntilItIsKilled() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child go = started()) {
            DatasetProcess.publish(pool, "d", 7, Set.of("persistent")).close();
            assertThat(go.ask("hold d")).isEqualTo("held");
            Datasets.of(pool).delete("d");
            for (int i = 0; i < 200; i++) {
                DatasetProcess.publish(pool, "d", i, Set.of("persistent", "overwrite"))
                        .close();
            }
            assertThat(go.ask("check")).isEqualTo("seed 7");
        }
        Datasets.of(pool).delete("d");
        testPool.await("what the killed reader has leased is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void nothingIsTornWhileJavaOverwritesAndReadersAreKilled() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("GoModuleIT: -Dseed=" + seed);
        Random random = new Random(seed);
        SharedMemoryPool pool = testPool.pool();
        try (Child java = DatasetStorm.start(testPool.name(), random);
                Child reader = started()) {
            reader.write("storm 1000 " + NAMES);
            for (int i = 0; i < 10; i++) {
                try (Child killed = started()) {
                    assertThat(killed.ask("storm 50 " + NAMES)).isEqualTo("right");
                    killed.write("storm 1000000 " + NAMES);
                }
            }
            assertThat(reader.read()).isEqualTo("right");
            assertThat(java.isAlive()).as("nothing has gone wrong").isTrue();
        }
        DatasetStorm.assertNothingIsLeft(testPool, pool);
    }

    @Override
    Child start(String pool) throws IOException {
        return module.start(pool);
    }
}
