package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the command tells of datasets that another process publishes; this JVM never opens a pool. */
class WatchCommandIT {
    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private final String pool = testPool.name();
    private Child child;

    @BeforeEach
    void startProcess() throws IOException {
        child = Child.start(List.of(), List.of(), DatasetProcess.class, pool);
        assertThat(child.read()).isEqualTo("open");
    }

    @AfterEach
    void endProcess() throws IOException {
        child.close();
    }

    @Test
    void aLineTellsOfEachEventBeginningWithWhatIsThereUntilControlC() throws Exception {
        ask("publish old 11 persistent");
        try (ShmCommand watch = ShmCommand.start("watch", pool)) {
            assertThat(watch.read()).matches(".*  published  old  \\(id \\d+, revision 1\\)");
            ask("publish a/b 22 persistent");
            assertThat(watch.read()).contains("  published  a/b  ");
            ask("publish a/b 33 persistent overwrite");
            assertThat(watch.read()).contains("  published  a/b  ", "revision 2");
            ask("rename a/b c\u202ed");
            assertThat(watch.read()).contains("  renamed  a/b to c\\u202ed  ", "revision 2");
            ask("delete old");
            assertThat(watch.read()).contains("  removed  old  ");
            watch.signal("INT");
            assertThat(watch.awaitExit()).isEqualTo(130);
            assertThat(watch.err()).isEmpty();
        }
    }

    @Test
    void withJsonThereIsAnObjectALineAndThePatternSaysOfWhat() throws Exception {
        try (ShmCommand watch = ShmCommand.start("watch", pool, "run/*", "--json")) {
            ask("publish other 11 persistent");
            ask("publish run/1 11 persistent");
            JsonNode published = ShmCommand.parse(watch.read());
            assertThat(published.get("kind").asText()).isEqualTo("published");
            assertThat(published.get("name").asText()).isEqualTo("run/1");
            assertThat(published.get("oldName").isNull()).isTrue();
            assertThat(published.get("atMs").asLong()).isBetween(1L, System.currentTimeMillis());
            ask("rename run/1 other");
            JsonNode renamed = ShmCommand.parse(watch.read());
            assertThat(renamed.get("kind").asText()).isEqualTo("renamed");
            assertThat(renamed.get("oldName").asText()).isEqualTo("run/1");
            assertThat(renamed.get("id")).isEqualTo(published.get("id"));
        }
    }

    @Test
    void itEndsWhenNobodyReadsAnyMoreAndWhenThePoolIsRemoved() throws Exception {
        try (ShmCommand unread = ShmCommand.start("watch", pool);
                ShmCommand watch = ShmCommand.start("watch", pool)) {
            ask("publish a 11 persistent");
            assertThat(watch.read()).contains("published");
            assertThat(unread.read()).contains("published");
            unread.stopReading();
            ask("publish b 11 persistent");
            assertThat(watch.read()).contains("published");
            assertThat(unread.awaitExit()).isZero();
            child.close();
            assertThat(ShmCommand.run("clear", pool).status()).isZero();
            assertThat(watch.awaitExit()).isEqualTo(2);
            assertThat(watch.err()).contains("was removed").hasLineCount(1);
        }
    }

    @Test
    void waitEndsWhenTheDatasetIsThere() throws Exception {
        try (ShmCommand wait = ShmCommand.start("wait", pool, "run/1", "--json")) {
            ask("publish run/2 11 persistent");
            ask("publish x 11 persistent");
            ask("rename x run/1");
            assertThat(wait.awaitExit()).isZero();
            JsonNode waited = ShmCommand.parse(wait.read());
            assertThat(waited.get("there").asBoolean()).isTrue();
            assertThat(waited.at("/dataset/name").asText()).isEqualTo("run/1");
        }
        ShmCommand.Result there = ShmCommand.run("wait", pool, "run/1", "--timeout", "0");
        assertThat(there.status()).as("%s", there).isZero();
        assertThat(there.out()).contains("run/1", "persistent");
    }

    @Test
    void waitEndsWithOneWhenTheDatasetIsNotThereInTimeAndWithTwoWhenItCannotBe() throws Exception {
        ShmCommand.Result late = ShmCommand.run("wait", pool, "x", "--timeout", "0.2");
        assertThat(late.status()).as("%s", late).isEqualTo(1);
        assertThat(late.out()).isEqualTo("there is no dataset x within 0.2 s\n");
        assertThat(ShmCommand.run("wait", pool, "../x").status()).isEqualTo(2);
        assertThat(ShmCommand.run("wait", "no-such-pool", "x").status()).isEqualTo(2);
        assertThat(ShmCommand.run("wait", pool, "x", "--timeout", "-1").status())
                .isEqualTo(2);
        try (ShmCommand wait = ShmCommand.start("wait", pool, "x", "--timeout", "1000")) {
            ask("publish y 11 persistent");
            wait.signal("INT");
            assertThat(wait.awaitExit()).isEqualTo(130);
        }
    }

    private void ask(String line) throws IOException {
        assertThat(child.ask(line)).isEqualTo("done");
    }
}
