package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The npm package, alone and with Java in one pool. */
class NpmPackageIT extends ExchangeWithJava {
    /** Elements with gaps, codecs that are optional, and what Arrow JavaScript writes as a file that nobody can read. */
    private static final String NOT_WRITTEN = "strided.*|.*lz4.*|.*zstd.*|one-name-twice.*";

    private static NpmPackage npm;

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
        VectorDataset vectors = new VectorDataset(file -> !file.matches(NOT_WRITTEN));
        exchange(vectors, "error REFUSED", "read");
    }

    @Test
    void nothingIsTornWhileJavaOverwrites() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("NpmPackageIT: -Dseed=" + seed);
        SharedMemoryPool pool = testPool.pool();
        try (Child java = DatasetStorm.start(testPool.name(), new Random(seed));
                Child reader = started();
                Child killed = started()) {
            killed.write("storm 1000000 " + NAMES);
            assertThat(reader.ask("storm 300 " + NAMES)).isEqualTo("right");
            assertThat(java.isAlive()).as("nothing has gone wrong").isTrue();
        }
        DatasetStorm.assertNothingIsLeft(testPool, pool);
    }

    @Override
    Child start(String pool) throws IOException {
        return npm.start(pool);
    }
}
