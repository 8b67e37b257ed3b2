package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @Test
    void runsJobsBesideAnotherClusterAndLeavesNoProcessAndNoFile(@TempDir Path temporary) throws Exception {
        Path work = temporary.resolve("cluster");
        long started = System.nanoTime();
        LocalCluster cluster = LocalCluster.start(LocalClusterOptions.builder()
                .taskManagers(2, TestClusters.TASK_MANAGER)
                .workDirectory(work)
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
        TestClusters.report("start to 2 TaskManagers", started);
        assertThat(cluster.rest().overview()).isEqualTo(new ClusterRest.Overview(2, 2, 2, 0));
        assertListensOnLoopbackOnly(cluster);
        try (InputStream page = cluster.webUi().toURL().openStream()) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("Apache Flink Web Dashboard");
        }

        try (LocalCluster other = LocalCluster.start(LocalClusterOptions.builder()
                .taskManager(TestClusters.TASK_MANAGER.withSlots(3))
                .build())) {
            other.awaitTaskManagers(TIMEOUT);
            assertThat(other.rest().overview().slotsTotal()).isEqualTo(3);
            runTenRecords(cluster);
            runTenRecords(other);
        }
        assertThat(cluster.livingProcesses()).isEqualTo(3);
        runTenRecords(cluster);

        List<Long> pids = List.of(cluster.jobManagerPid(), cluster.taskManagerPid(0), cluster.taskManagerPid(1));
        long closing = System.nanoTime();
        cluster.close();
        cluster.close();
        TestClusters.report("close", closing);
        assertThat(pids).noneMatch(LocalClusterIT::isAlive);
        assertThat(cluster.livingProcesses()).isZero();
        assertThat(work).doesNotExist();
    }

    @Test
    void classesThatTheSecondClusterHasLoadedAreMappedByTheNextUnlessSomethingIsWrongWithThem(@TempDir Path temporary)
            throws Exception {
        Path archives = temporary.resolve("archives");
        LocalClusterOptions options = LocalClusterOptions.builder()
                .taskManager(TestClusters.TASK_MANAGER)
                .classData(archives)
                .stopTimeout(TIMEOUT)
                .build();
        startAndStop(options, false);
        assertThat(archivesIn(archives)).isEmpty();
        startAndStop(options, false);
        List<Path> recorded = archivesIn(archives);
        assertThat(recorded).hasSize(2);
        startAndStop(options, true);

        for (Path archive : recorded) {
            Files.write(archive, new byte[] {1, 2, 3});
        }
        startAndStop(options, false);
        assertThat(archivesIn(archives)).isEqualTo(recorded);
    }

    @Test
    void processThatDiesEarlyIsReportedWithItsLogAndNothingIsLeft(@TempDir Path temporary) {
        Path work = temporary.resolve("cluster");
        assertThatThrownBy(() -> LocalCluster.start(LocalClusterOptions.builder()
                        .jvmArgument("-XX:NoSuchFlag")
                        .workDirectory(work)
                        .build()))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("the JobManager died at start: exitValue=1")
                .hasMessageContaining("NoSuchFlag");
        assertThat(work).doesNotExist();
    }

    @Test
    void keptLogsAreAllThatStays(@TempDir Path temporary) {
        Path work = temporary.resolve("cluster");
        assertThatThrownBy(() -> LocalCluster.start(LocalClusterOptions.builder()
                        .jvmArgument("-XX:NoSuchFlag")
                        .workDirectory(work)
                        .keepLogs(true)
                        .build()))
                .isInstanceOf(ClusterException.class);
        assertThat(work).isDirectoryNotContaining(entry -> !entry.endsWith("log"));
        assertThat(work.resolve("log/jobmanager-0.out")).content().contains("NoSuchFlag");
    }

    @Test
    void workDirectoryWithSomethingInItIsRefusedAndLeftAlone(@TempDir Path temporary) throws Exception {
        Path precious = Files.createFile(temporary.resolve("precious"));
        assertThatThrownBy(() -> LocalCluster.start(
                        LocalClusterOptions.builder().workDirectory(temporary).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("work directory must be empty or absent: workDirectory=" + temporary);
        assertThat(precious).exists();
    }

    @Test
    void parentKilledBySignalLeavesNoChild(@TempDir Path temporary) throws Exception {
        Path out = temporary.resolve("parent.out");
        Process parent = JavaCommand.of(
                        List.of(),
                        ParentOfCluster.class,
                        List.of(temporary.resolve("cluster").toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            Await.until(
                    "the parent's cluster is up",
                    TIMEOUT,
                    () -> lines(out).contains(ParentOfCluster.UP) || !parent.isAlive(),
                    () -> lines(out).toString());
            List<ProcessHandle> children = parent.children().toList();
            assertThat(children).as("%s", lines(out)).hasSize(2).allMatch(ProcessHandle::isAlive);
            assertThat(lines(out)).as("the parent's console").containsExactly(ParentOfCluster.UP);

            parent.destroyForcibly();

            Await.until(
                    "all children are gone",
                    TIMEOUT,
                    () -> children.stream().noneMatch(ProcessHandle::isAlive),
                    children::toString);
        } finally {
            parent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** A parent to be killed: starts a cluster, says so, and waits for its death. */
    static final class ParentOfCluster {
        static final String UP = "up";

        public static void main(String[] args) throws InterruptedException {
            LocalCluster cluster = LocalCluster.start(LocalClusterOptions.builder()
                    .taskManager(TestClusters.TASK_MANAGER)
                    .workDirectory(Path.of(args[0]))
                    .build());
            cluster.awaitTaskManagers(TIMEOUT);
            System.out.println(UP);
            Thread.currentThread().join();
        }
    }

    private static void startAndStop(LocalClusterOptions options, boolean withArchives) throws IOException {
        try (LocalCluster cluster = LocalCluster.start(options)) {
            cluster.awaitTaskManagers(TIMEOUT);
            for (long pid : List.of(cluster.jobManagerPid(), cluster.taskManagerPid(0))) {
                String mapped = Files.readString(Path.of("/proc/" + pid + "/maps"));
                assertThat(mapped.matches("(?s).*" + options.classData() + "/[^ \n]+\\.jsa\n.*"))
                        .as("process %s maps an archive in %s", pid, options.classData())
                        .isEqualTo(withArchives);
            }
        }
    }

    private static List<Path> archivesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jsa"))
                    .sorted()
                    .toList();
        }
    }

    private static void runTenRecords(LocalCluster cluster) throws Exception {
        long submitted = System.nanoTime();
        assertThat(cluster.environment().fromSequence(1, 10).executeAndCollect(11))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 10).boxed().toList());
        TestClusters.report("job of 10 records", submitted);
    }

    private static void assertListensOnLoopbackOnly(LocalCluster cluster) throws Exception {
        for (long pid : List.of(cluster.jobManagerPid(), cluster.taskManagerPid(0))) {
            assertThat(ListeningSockets.of(pid))
                    .as("sockets of process %s", pid)
                    .isNotEmpty()
                    .allMatch(address -> address.isLoopbackAddress());
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }
}
