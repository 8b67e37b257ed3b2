package io.arrowshm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.Await;
import io.arrowshm.console.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An example as jobs/run starts it from a shell. */
class ExampleCommandIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final int CLUSTER = 1 + Example.PARALLELISM;

    @TempDir
    private Path directory;

    private Path sharedMemory;

    @BeforeEach
    void makeSharedMemory() throws IOException {
        sharedMemory = CommandProcess.newSharedMemory();
    }

    @AfterEach
    void deleteSharedMemory() throws IOException {
        CommandProcess.delete(sharedMemory);
    }

    @Test
    void anExamplePrintsItsResultAndLeavesNothing() throws Exception {
        try (CommandProcess command =
                CommandProcess.startJob(directory, sharedMemory, "partitioned-by-key", List.of())) {
            assertThat(command.awaitExit()).as(command::toString).isZero();
            assertThat(command.out()).endsWith("sensor 3: strongest 99\n");
            assertThat(command.err()).isEmpty();
            assertNothingLeft(command);
        }
    }

    @Test
    void anInterruptedExampleLeavesNothing() throws Exception {
        try (CommandProcess command = CommandProcess.startJob(directory, sharedMemory, "first-array", List.of())) {
            Await.until(
                    "the cluster is starting", TIMEOUT, () -> command.children().size() == CLUSTER, command::toString);
            command.signalGroup("INT");
            assertThat(command.awaitExit()).as(command::toString).isEqualTo(Console.EXIT_INTERRUPTED);
            assertThat(command.err()).isEmpty();
            assertNothingLeft(command);
        }
    }

    private static void assertNothingLeft(CommandProcess command) throws IOException {
        command.awaitNoProcess();
        assertThat(command.sharedFiles()).isEmpty();
        assertThat(command.temporaryFiles()).isEmpty();
    }
}
