package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.benchmark.flink.cluster.PooledCluster;
import io.arrowshm.benchmark.flink.cluster.TwoTaskManagers;
import io.arrowshm.benchmark.flink.job.BenchmarkException;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.inspect.PoolInspector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A cluster whose TaskManagers are killed while jobs run on it. One thread. */
public final class RecoverySession implements AutoCloseable {
    private static final long POOL_BYTES = 512 << 20;
    /** Half of what a subtask may have on its way. */
    private static final long MUCH_BYTES = 32 << 20;

    private final Heartbeats heartbeats;
    private final PooledCluster cluster;
    private final PoolInspector pool;

    private RecoverySession(Heartbeats heartbeats, PooledCluster cluster) {
        this.heartbeats = heartbeats;
        this.cluster = cluster;
        pool = PoolInspector.open(cluster.pool());
    }

    /** @throws UserErrorException if there is not enough shared memory */
    public static RecoverySession open(Heartbeats heartbeats) {
        Map<String, String> configuration = new HashMap<>(heartbeats.configuration());
        // What the REST server says may be this old.
        configuration.put("web.refresh-interval", "20");
        return new RecoverySession(heartbeats, PooledCluster.start("recovery", POOL_BYTES, configuration));
    }

    /**
     * Runs a job, and kills first its receiver's TaskManager and, when all is as before, its sender's.
     *
     * @throws BenchmarkException if the job did not run again, or memory was not given back
     */
    public List<Kill> killBoth(Traffic traffic) throws InterruptedException {
        RecoveryJob job = RecoveryJob.submit(cluster, traffic);
        List<Kill> kills = new ArrayList<>();
        for (Role role : List.of(Role.RECEIVER, Role.SENDER)) {
            job.awaitCheckpoint();
            kills.add(kill(job, traffic, role));
        }
        job.cancel();
        return kills;
    }

    @Override
    public void close() {
        pool.close();
        cluster.close();
    }

    private Kill kill(RecoveryJob job, Traffic traffic, Role role) {
        LocalCluster processes = cluster.cluster();
        int victim = role.taskManager();
        List<Integer> attempts = job.attempts();
        KilledMemory memory = traffic == Traffic.REFERENCE ? memoryInUse(processes.taskManagerPid(victim)) : null;
        Since kill = Since.now();
        processes.killTaskManager(victim);
        processes.startTaskManager(victim);
        CompletableFuture<Kill.@Nullable Memory> givenBack =
                CompletableFuture.supplyAsync(() -> memory == null ? null : memory.awaitGivenBack(kill));
        try {
            double noticedMs = kill.millisUntil("the JobManager knows", () -> !job.isRunning());
            double registeredMs = kill.millisUntil(
                    "the new TaskManager registers",
                    () -> processes.rest().slotsByTaskManager().containsKey(processes.taskManagerId(victim)));
            double runsAgainMs = kill.millisUntil(
                    "all tasks run again", () -> isRestarted(attempts, job.attempts()) && job.isRunning());
            int restarts = Collections.max(job.attempts()) - Collections.max(attempts);
            return new Kill(
                    heartbeats, traffic, role, givenBack.join(), noticedMs, registeredMs, restarts, runsAgainMs);
        } finally {
            // It looks into the pool, which is closed next if this has failed.
            givenBack.handle((memoryGivenBack, failure) -> true).join();
        }
    }

    private KilledMemory memoryInUse(long processId) {
        Await.until(
                "much is in flight",
                TwoTaskManagers.TIMEOUT,
                () -> pool.snapshot().totals().inFlightBytes() >= MUCH_BYTES,
                () -> pool.snapshot().totals().toString());
        return new KilledMemory(pool, processId);
    }

    private static boolean isRestarted(List<Integer> before, List<Integer> now) {
        for (int task = 0; task < before.size(); task++) {
            if (now.get(task) <= before.get(task)) {
                return false;
            }
        }
        return true;
    }
}
