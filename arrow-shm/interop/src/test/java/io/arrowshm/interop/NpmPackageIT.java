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

/** The npm package, alone and with Java in one pool. */
class NpmPackageIT {
    private static final String NAMES = "storm/a storm/b c";

    /** Elements with gaps, codecs that are optional, and what Arrow JavaScript writes as a file that nobody can read. */
    private static final String NOT_WRITTEN = "strided.*|lz4.*|.*zstd.*|one-name-twice.*";

    private static NpmPackage npm;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(64 << 20, 4096);

    @BeforeAll
    static void install() throws Exception {
        npm = NpmPackage.install();
    }

    @Test
    void itsOwnTestsPassWithNothingInstalled() throws Exception {
        assertThat(NpmPackage.testInPlace()).contains("# fail 0").doesNotContain("# tests 0\n");
    }

    @Test
    void itsTypesAreRight() throws Exception {
        npm.npm("run", "types");
    }

    @Test
    void whatEitherPublishesTheOtherReads() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        VectorDataset vectors = new VectorDataset(file -> !file.matches(NOT_WRITTEN));
        vectors.publish(pool, "from/java");
        try (Child node = node()) {
            vectors.assertRead(node.ask("read from/java"));
            assertThat(node.ask("rewrite from/java from/js")).isEqualTo("done");
            vectors.assertReadByJava(pool, "from/js");
            assertThat(node.ask("rewrite from/java from/js"))
                    .startsWith("error REFUSED the dataset was not published: ")
                    .contains("from/js");
            assertThat(node.ask("rewrite from/java from/js overwrite")).isEqualTo("done");
            vectors.assertRead(node.ask("read from/js"));
        }
        assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        Datasets.of(pool).delete("from/java");
        Datasets.of(pool).delete("from/js");
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void itIsToldOfWhatJavaDoes() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child watching = node();
                Child waiting = node()) {
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
    void nothingIsTornWhileJavaOverwrites() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("NpmPackageIT: -Dseed=" + seed);
        SharedMemoryPool pool = testPool.pool();
        try (Child java = DatasetStorm.start(testPool.name(), new Random(seed));
                Child reader = node();
                Child killed = node()) {
            killed.write("storm 1000000 " + NAMES);
            assertThat(reader.ask("storm 300 " + NAMES)).isEqualTo("right");
            assertThat(java.isAlive()).as("nothing has gone wrong").isTrue();
        }
        DatasetStorm.assertNothingIsLeft(testPool, pool);
    }

    private Child node() throws Exception {
        testPool.pool();
        Child child = npm.start(testPool.name());
        assertThat(child.read()).isEqualTo("open");
        return child;
    }
}
