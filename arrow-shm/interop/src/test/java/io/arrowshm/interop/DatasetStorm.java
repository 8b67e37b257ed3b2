package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** A Java process that publishes, overwrites, renames and deletes as fast as it can, and what must be left after it. Stateless. */
final class DatasetStorm {
    private DatasetStorm() {}

    static Child start(String pool, Random random) throws IOException {
        Child java = Child.start(List.of(), List.of(), DatasetProcess.class, pool);
        assertThat(java.read()).isEqualTo("open");
        assertThat(java.ask("write " + random.nextInt(1 << 30))).isEqualTo("done");
        return java;
    }

    static void assertNothingIsLeft(TestPool testPool, SharedMemoryPool pool) {
        testPool.awaitReaped(1);
        Numbered.deleteAll(pool);
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
        Numbered.assertNothingIsViolated(testPool);
    }
}
