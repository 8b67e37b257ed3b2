package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterException;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.jobs.CommandProcess;
import io.arrowshm.jobs.images.job.ImagesCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterruptIT {
    private static final Pattern WEB_UI = Pattern.compile("Flink's web UI: (\\S+)");
    /** Sleeps, so that what runs beside it is not slowed. */
    private static final List<String> LONG_RUN = List.of("--repeat=100000", "--slow-ms=20");
    /** Ends as soon as it has looked for other pools and made its own. */
    private static final List<String> SHORT_RUN = List.of("--pool-size=1MiB", "--batch=1338");

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

    /** How far the command has got. */
    enum Phase {
        POOL_IN_THE_MAKING {
            @Override
            boolean isReached(CommandProcess command) throws IOException {
                return !command.sharedFiles().isEmpty();
            }
        },
        POOL_MADE {
            @Override
            boolean isReached(CommandProcess command) throws IOException {
                return command.sharedFiles().size() == 2;
            }
        },
        CLUSTER_STARTING {
            @Override
            boolean isReached(CommandProcess command) {
                return !command.children().isEmpty();
            }
        },
        CLUSTER_STARTED {
            @Override
            boolean isReached(CommandProcess command) throws IOException {
                return webUi(command) != null;
            }
        },
        JOB_RUNNING {
            @Override
            boolean isReached(CommandProcess command) throws IOException {
                return batchesDone(command) > 0;
            }
        };

        abstract boolean isReached(CommandProcess command) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void controlCEndsWith130AndLeavesNothing(Phase phase) throws Exception {
        try (CommandProcess command = startAndAwait("run", phase)) {
            long since = System.nanoTime();
            command.signalGroup("INT");
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(130);
            System.out.printf("Ctrl-C at %s: ended after %.1f s%n", phase, (System.nanoTime() - since) / 1e9);
            command.awaitNoProcess();
            assertThat(command.sharedFiles()).isEmpty();
            assertThat(command.temporaryFiles()).isEmpty();
            assertThat(command.err()).isEmpty();
        }
    }

    @Test
    void whatAKilledCommandLeavesIsRemovedByTheNextOne() throws Exception {
        try (CommandProcess killed = startAndAwait("killed", Phase.JOB_RUNNING)) {
            List<ProcessHandle> children = killed.children();
            assertThat(children).hasSizeGreaterThanOrEqualTo(3);
            killed.signal("KILL");
            killed.awaitExit();
            Await.until(
                    "the killed command's children are gone",
                    ImagesCluster.TIMEOUT,
                    () -> children.stream().noneMatch(ProcessHandle::isAlive),
                    children::toString);
            killed.awaitNoProcess();
            assertThat(killed.sharedFiles())
                    .as("the pool of the killed command")
                    .hasSize(2);
        }
        try (CommandProcess next = CommandProcess.start(directory.resolve("next"), sharedMemory, SHORT_RUN)) {
            assertThat(next.awaitExit()).as("%s", next).isEqualTo(2);
            assertThat(next.sharedFiles()).isEmpty();
            assertThat(next.temporaryFiles()).isEmpty();
        }
    }

    @Test
    void aPoolThatIsInUseOrWasKeptIsLeftAlone() throws Exception {
        try (CommandProcess running = startAndAwait("running", Phase.JOB_RUNNING)) {
            List<Path> inUse = running.sharedFiles();
            try (CommandProcess keeping =
                    CommandProcess.start(directory.resolve("keeping"), sharedMemory, List.of("--keep"))) {
                assertThat(keeping.awaitExit()).as("%s", keeping).isZero();
                assertThat(keeping.sharedFiles()).hasSize(4).containsAll(inUse);
                assertThat(keeping.out()).contains("pool: " + sharedMemory.resolve("kept-images-"));
            }
            try (CommandProcess next = CommandProcess.start(directory.resolve("next"), sharedMemory, SHORT_RUN)) {
                assertThat(next.awaitExit()).as("%s", next).isEqualTo(2);
                assertThat(next.sharedFiles()).hasSize(4).containsAll(inUse);
            }
            assertThat(running.isAlive()).isTrue();
            running.signalGroup("INT");
            assertThat(running.awaitExit()).as("%s", running).isEqualTo(130);
            assertThat(running.sharedFiles()).hasSize(2).doesNotContainAnyElementsOf(inUse);
        }
    }

    private CommandProcess startAndAwait(String name, Phase phase) throws IOException {
        CommandProcess command = CommandProcess.start(directory.resolve(name), sharedMemory, LONG_RUN);
        Await.until(
                phase + " is reached",
                ImagesCluster.TIMEOUT,
                () -> {
                    try {
                        return !command.isAlive() || phase.isReached(command);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                command::toString);
        assertThat(command.isAlive()).as("%s", command).isTrue();
        return command;
    }

    private static URI webUi(CommandProcess command) throws IOException {
        Matcher line = WEB_UI.matcher(command.out());
        return line.find() ? URI.create(line.group(1)) : null;
    }

    private static long batchesDone(CommandProcess command) throws IOException {
        URI server = webUi(command);
        if (server == null) {
            return 0;
        }
        try {
            ClusterRest rest = new ClusterRest(server);
            long done = 0;
            for (JsonNode job : rest.get("/jobs").path("jobs")) {
                for (JsonNode vertex :
                        rest.get("/jobs/" + job.path("id").asText()).path("vertices")) {
                    done += vertex.path("metrics").path("read-records").asLong();
                }
            }
            return done;
        } catch (ClusterException notReady) {
            return 0;
        }
    }
}
