package io.arrowshm.jobs.images.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.jobs.images.ImageTestData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TaskManager 0 has the source, TaskManager 1 both workers. {@code -Dimages.kills=N -Dimages.seed=S} choose other kills. */
class TaskManagerKillIT {
    private static final int KILLS = Integer.getInteger("images.kills", 5);
    private static final long SEED = Long.getLong("images.seed", System.nanoTime());
    private static final int TASK_MANAGERS = 2;
    /** One that trains and one that tests. */
    private static final int JOBS = 2;

    /** The share of the least time that a job takes by which a kill has to come: a later one could miss the job. */
    private static final double LATEST_KILL = 0.8;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void anyTaskManagerKilledAtAnyMomentLeavesTheAnswerRightAndNothingInThePool() throws Exception {
        System.out.printf("images.kills=%d images.seed=%d%n", KILLS, SEED);
        Random random = new Random(SEED);
        int first = random.nextInt(TASK_MANAGERS);
        ImagesPlan plan = ImagesCluster.plan(100, 2, 60, 3);
        try (ImagesCluster images = ImagesCluster.start(TaskManagerKillIT.class, null, TASK_MANAGERS, 2);
                SharedMemoryPool pool = images.openPool()) {
            images.run(ImagesCluster.plan(100, 2, 1, 0), processed -> {});
            for (int kills = 0; kills < KILLS; ) {
                long after = (long) (leastNanos(plan) * LATEST_KILL * random.nextDouble());
                Kill kill =
                        new Kill(images.cluster(), (first + kills) % TASK_MANAGERS, 1 + random.nextInt(JOBS), after);
                ImagesResult result = images.run(plan, kill);
                ImagesResult.Answer answer = result.answer();
                assertThat(answer).as("%s", kill).isNotNull();
                assertThat(answer.correct()).as("%s", kill).isEqualTo(ImageTestData.BUNDLED_CORRECT);
                assertThat(answer.pixelSum()).as("%s", kill).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
                assertThat(result.references() + result.byValue()).isEqualTo(plan.batches());
                awaitNothingLeft(pool, kill);
                System.out.printf("%s, by value %s%n", kill, result.byValueReasons());
                kills += kill.costAnAttempt() ? 1 : 0;
            }
        }
    }

    /** The least time that each job takes: the workers sleep for every batch. */
    private static long leastNanos(ImagesPlan plan) {
        return TimeUnit.MILLISECONDS.toNanos(plan.batches() / JOBS * plan.slowMs() / plan.parallelism());
    }

    private static void awaitNothingLeft(SharedMemoryPool pool, Kill kill) {
        Await.until(
                "no segment is held or in flight, no epoch is open, after " + kill,
                ImagesCluster.TIMEOUT,
                () -> {
                    PoolStatistics now = pool.statistics();
                    return now.segments() == 0
                            && now.segmentsHeld() == 0
                            && now.segmentsInFlight() == 0
                            && now.epochs() == 0;
                },
                () -> pool.statistics().toString());
        // The client and those that live: whoever was killed is none any more.
        assertThat(pool.statistics().participants()).isEqualTo(1 + TASK_MANAGERS);
    }

    /** Kills a TaskManager some time after the workers of a job run, starts a fresh one, and waits until all runs again. */
    private static final class Kill implements LongConsumer {
        private final LocalCluster cluster;
        private final int victim;
        private final int number;
        private final long afterNanos;
        private final Map<JobID, Long> runningSince = new HashMap<>();
        private boolean done;
        private double seconds;
        private int attempts;

        /** @param number of the job, from 1 on */
        Kill(LocalCluster cluster, int victim, int number, long afterNanos) {
            this.cluster = cluster;
            this.victim = victim;
            this.number = number;
            this.afterNanos = afterNanos;
        }

        /** Otherwise it came too late: the job ended meanwhile. */
        boolean costAnAttempt() {
            return done && attempts > 1;
        }

        @Override
        public void accept(long processed) {
            JobID job = done ? null : runningJob();
            if (job == null) {
                return;
            }
            ClusterRest.Vertex workers = cluster.rest().job(job).vertex(Exchange.WORKERS);
            if (workers.runningTasks() < workers.parallelism()) {
                return;
            }
            long running = System.nanoTime() - runningSince.computeIfAbsent(job, first -> System.nanoTime());
            if (runningSince.size() < number || running < afterNanos) {
                return;
            }
            done = true;
            long since = System.nanoTime();
            cluster.killTaskManager(victim);
            cluster.startTaskManager(victim);
            Await.until(
                    "the job runs again after " + this,
                    ImagesCluster.TIMEOUT,
                    () -> hasEndedOrRunsOnTheLiving(job),
                    () -> cluster.rest().job(job) + "\n" + cluster.logTails());
            seconds = (System.nanoTime() - since) / 1e9;
            attempts = 1
                    + subtasks(job).mapToInt(ClusterRest.Subtask::attempt).max().orElse(0);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "kill of TaskManager %d after %.3f s of job %d, done=%s, running again after %.1f s, attempts %d",
                    victim,
                    afterNanos / 1e9,
                    number,
                    done,
                    seconds,
                    attempts);
        }

        private JobID runningJob() {
            for (JsonNode job : cluster.rest().get("/jobs").path("jobs")) {
                if (job.path("status").asText().equals("RUNNING")) {
                    return JobID.fromHexString(job.path("id").asText());
                }
            }
            return null;
        }

        private boolean hasEndedOrRunsOnTheLiving(JobID id) {
            ClusterRest.Job job = cluster.rest().job(id);
            if (!job.allRunning()) {
                return job.state().equals("FINISHED") || job.state().equals("FAILED");
            }
            List<String> living = new ArrayList<>();
            for (int i = 0; i < TASK_MANAGERS; i++) {
                living.add(cluster.taskManagerId(i));
            }
            return subtasks(id).allMatch(subtask -> living.contains(subtask.taskManagerId()));
        }

        private Stream<ClusterRest.Subtask> subtasks(JobID job) {
            return cluster.rest().job(job).vertices().stream()
                    .flatMap(vertex -> cluster.rest().subtasks(job, vertex).stream());
        }
    }
}
