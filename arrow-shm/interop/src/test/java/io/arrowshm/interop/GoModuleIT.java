package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.TestPool;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Go module, alone and with Java in one pool. */
class GoModuleIT {
    private static final String NAMES = "storm/a storm/b c";

    private static GoModule module;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(64 << 20, 4096);

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
        SharedMemoryPool pool = testPool.pool();
        VectorDataset vectors = new VectorDataset(file -> !file.matches("strided.*|lz4.*|.*zstd.*"));
        vectors.publish(pool, "from/java");
        try (Child go = go()) {
            vectors.assertRead(go.ask("read from/java"));
            vectors.assertRead(go.ask("copy from/java"));
            assertThat(go.ask("rewrite from/java from/go")).isEqualTo("done");
            vectors.assertReadByJava(pool, "from/go");
            assertThat(go.ask("rewrite from/java from/go"))
                    .startsWith("error arrow-shm: the dataset was not published: ")
                    .contains("from/go");
            assertThat(go.ask("rewrite from/java from/go overwrite")).isEqualTo("done");
            vectors.assertRead(go.ask("read from/go"));
        }
        assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        Datasets.of(pool).delete("from/java");
        Datasets.of(pool).delete("from/go");
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void aReaderKeepsWhatItReadsUntilItIsKilled() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child go = go()) {
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
    void itIsToldOfWhatJavaDoes() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child watching = go();
                Child waiting = go()) {
            assertThat(watching.ask("watch")).isEqualTo("watching");
            waiting.write("await größe");
            DatasetProcess.publish(pool, "größe", 7, Set.of("persistent")).close();
            assertThat(waiting.read()).isEqualTo("there");
            assertThat(watching.read()).isEqualTo("published größe");
            Datasets.of(pool).delete("größe");
            assertThat(watching.read()).isEqualTo("removed größe");
            testPool.remove();
            assertThat(watching.read()).isEqualTo("end true");
        }
        testPool.pool();
    }

    @Test
    void nothingIsTornWhileJavaOverwritesAndReadersAreKilled() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("GoModuleIT: -Dseed=" + seed);
        Random random = new Random(seed);
        SharedMemoryPool pool = testPool.pool();
        try (Child java = DatasetStorm.start(testPool.name(), random);
                Child reader = go()) {
            reader.write("storm 1000 " + NAMES);
            for (int i = 0; i < 10; i++) {
                try (Child killed = go()) {
                    assertThat(killed.ask("storm 50 " + NAMES)).isEqualTo("right");
                    killed.write("storm 1000000 " + NAMES);
                }
            }
            assertThat(reader.read()).isEqualTo("right");
            assertThat(java.isAlive()).as("nothing has gone wrong").isTrue();
        }
        DatasetStorm.assertNothingIsLeft(testPool, pool);
    }

    private Child go() throws Exception {
        testPool.pool();
        Child child = module.start(testPool.name());
        assertThat(child.read()).isEqualTo("open");
        return child;
    }
}
