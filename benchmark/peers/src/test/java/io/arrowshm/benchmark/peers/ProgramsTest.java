package io.arrowshm.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgramsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Programs programs = new Programs();

    @AfterEach
    void close() {
        programs.close();
    }

    @Test
    void whatAProgramPrintedIsReturned() throws InterruptedException {
        assertThat(shell("echo \"$GREETING\"; echo noise >&2", LONG)).isEqualTo("hello\n");
    }

    @Test
    void whyAProgramFailedIsTheLastLineThatSaysError() {
        assertThatThrownBy(() -> shell("echo 'ERROR: no such package' >&2; echo note: see above >&2; exit 1", LONG))
                .isInstanceOf(PeerFailedException.class)
                .hasMessage("ERROR: no such package");
        assertThatThrownBy(() -> shell("echo first >&2; echo last >&2; exit 1", LONG))
                .hasMessage("last");
        assertThatThrownBy(() -> shell("exit 3", LONG)).hasMessage("exit status 3");
        assertThatThrownBy(() -> programs.run(List.of("/no/such/program"), Map.of(), LONG))
                .isInstanceOf(PeerFailedException.class);
    }

    @Test
    void aProgramThatRunsTooLongFindsItsInputEndedAndItsChildrenAreEnded() {
        long before = ProcessHandle.current().descendants().count();
        assertThatThrownBy(() -> shell("sleep 1000 & read line; exit 0", Duration.ofSeconds(1)))
                .hasMessage("it did not end within 1 s");
        assertThat(ProcessHandle.current().descendants().count()).isEqualTo(before);
    }

    @Test
    void nothingStartsOnceClosed() {
        programs.close();
        assertThatThrownBy(() -> shell("true", LONG)).isInstanceOf(IllegalStateException.class);
    }

    private String shell(String script, Duration limit) throws InterruptedException {
        return programs.run(List.of("sh", "-c", script), Map.of("GREETING", "hello"), limit);
    }
}
