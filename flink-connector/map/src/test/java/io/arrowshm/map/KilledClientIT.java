package io.arrowshm.map;

import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.Functor.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that are killed, and workers on a cluster that others have started. */
class KilledClientIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @RegisterExtension
    final TestPool pool = TestPool.ofBytes(16 << 20);

    @AfterEach
    void nothingIsLeft() {
        pool.awaitReaped(1);
        pool.await("no segment is left", statistics -> statistics.segments() == 0);
        assertThat(ContextDirectory.named(pool.name()).path()).doesNotExist();
    }

    @Test
    void itsProcessesEndWithItAndItsFilesWithTheNextContext() throws Exception {
        pool.pool();
        try (Child client = client("1")) {
            List<Long> workers = workers(client);
            assertThat(ContextDirectory.named(pool.name()).path()).exists();
            client.kill();
            Await.until("the workers end", () -> workers.stream().noneMatch(KilledClientIT::isAlive));
        }
        ContextDirectory another = ContextDirectory.named(pool.name() + "-next");
        another.own().close();
        assertThat(ContextDirectory.named(pool.name()).path()).doesNotExist();
    }

    @Test
    void workersOnAClusterStayForOthersUntilTheyAreIdle() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(TestClusters.of(KilledClientIT.class)
                .taskManager(TestClusters.TASK_MANAGER.withSlots(2))
                .build())) {
            cluster.awaitTaskManagers(TIMEOUT);
            pool.pool();
            try (Child client = client("2", cluster.restUri().toString())) {
                List<Long> workers = workers(client);
                assertThat(workers).containsOnly(cluster.taskManagerPid(0));
                try (Shm other = Shm.attach(pool.name())) {
                    assertThat(other.workers()).isEqualTo(2);
                    client.kill();
                    // Takes its turn, which is the next one: the killed client's kernels are interrupted.
                    checkUsable(other);
                    aKernelThatDoesNotEndKeepsItsThreadOnly(other);
                    checkUsable(other);
                    assertThat(cluster.isTaskManagerAlive(0)).isTrue();
                }
            }
            try (Shm again = Shm.attach(pool.name())) {
                checkUsable(again);
            }
            assertThatThrownBy(() -> Shm.cluster(cluster.restUri(), ProcessOptions.of(pool.options(), 1)))
                    .hasMessageContaining("runs already");
        }
        ContextDirectory.named(pool.name()).own().close();
    }

    @Test
    void closingTheContextEndsItsJob() {
        try (LocalCluster cluster = LocalCluster.start(TestClusters.of(KilledClientIT.class)
                .taskManager(TestClusters.TASK_MANAGER.withSlots(2))
                .build())) {
            cluster.awaitTaskManagers(TIMEOUT);
            ProcessOptions options = ProcessOptions.of(pool.options(), 2).withIdle(Duration.ofHours(1));
            try (Shm shm = Shm.cluster(cluster.restUri(), options)) {
                checkUsable(shm);
            }
            Await.until("the job ends", () -> cluster.rest().overview().runningJobs() == 0);
            Await.until(
                    "its directory is gone",
                    () -> !Files.exists(ContextDirectory.named(pool.name()).path()));
        }
    }

    private void aKernelThatDoesNotEndKeepsItsThreadOnly(Shm shm) throws IOException {
        Path stop = Files.createTempFile("kernel", null);
        try {
            String file = stop.toString();
            assertThatThrownBy(() -> shm.map(
                            numbers(2),
                            CallOptions.perWorker().timeout(Duration.ofMillis(200)),
                            (worker, index, value) -> {
                                while (Files.exists(Path.of(file))) {
                                    LockSupport.parkNanos(1_000_000);
                                    Thread.interrupted();
                                }
                            }))
                    .isInstanceOf(CallTimeoutException.class);
            checkUsable(shm);
        } finally {
            Files.delete(stop);
        }
    }

    private static void checkUsable(Shm shm) {
        MutableNdArray out = shm.alloc(shape(100).dtype(DType.INT64));
        shm.map(out, (worker, index, value) -> value.set(index + 1));
        assertThat(out.toLongs()).startsWith(1, 2).endsWith(100).doesNotContain(0);
        shm.free(out);
    }

    private Child client(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Child.javaOf(Path.of(System.getProperty("java.home")))));
        command.addAll(Child.flags());
        List<String> all = new ArrayList<>(List.of(pool.name()));
        all.addAll(List.of(arguments));
        return Child.start(
                command,
                Child.classPath(),
                ProcessBuilder.Redirect.INHERIT,
                ClientProcess.class,
                all.toArray(String[]::new));
    }

    private static List<Long> workers(Child client) throws IOException {
        // Each of them may take long on a machine that is busy.
        assertThat(client.read()).isEqualTo("started");
        String line = client.read();
        assertThat(line).startsWith("workers ");
        return Arrays.stream(line.split(" ")).skip(1).map(Long::valueOf).toList();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
