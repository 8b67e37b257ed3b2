package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes for every runtime that is no participant, with Java in one pool. */
abstract class ExchangeWithJava {
    static final String NAMES = "storm/a storm/b c";

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(64 << 20, 4096);

    /** Starts the runtime's program on command. */
    abstract Child start(String pool) throws IOException;

    final Child started() throws IOException {
        testPool.pool();
        Child child = start(testPool.name());
        assertThat(child.read()).isEqualTo("open");
        return child;
    }

    @Test
    void itIsToldOfWhatJavaDoes() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child watching = started();
                Child waiting = started()) {
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

    /**
     * Has either read what the other publishes.
     *
     * @param refusal how its program says that a request was refused
     * @param readings its program's commands that read
     */
    final void exchange(VectorDataset vectors, String refusal, String... readings) throws Exception {
        SharedMemoryPool pool = testPool.pool();
        vectors.publish(pool, "from/java");
        try (Child child = started()) {
            for (String reading : readings) {
                vectors.assertRead(child.ask(reading + " from/java"));
            }
            assertThat(child.ask("rewrite from/java from/other")).isEqualTo("done");
            vectors.assertReadByJava(pool, "from/other");
            assertThat(child.ask("rewrite from/java from/other"))
                    .startsWith(refusal + " the dataset was not published: ")
                    .contains("from/other");
            assertThat(child.ask("rewrite from/java from/other overwrite")).isEqualTo("done");
            vectors.assertRead(child.ask("read from/other"));
        }
        assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        Datasets.of(pool).delete("from/java");
        Datasets.of(pool).delete("from/other");
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
    }
}
