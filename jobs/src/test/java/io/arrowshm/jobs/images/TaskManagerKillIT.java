package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.jobs.cluster.Await;
import io.arrowshm.jobs.cluster.ClusterRest;
import io.arrowshm.jobs.cluster.LocalCluster;
import io.arrowshm.shm.PoolStatistics;
import io.arrowshm.shm.SharedMemoryPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    /** Progress comes late: a later kill could miss the end of the job. */
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
                long after = (long) (plan.batches() * LATEST_KILL * random.nextDouble());
                Kill kill = new Kill(images.cluster(), (first + kills) % TASK_MANAGERS, after);
                ImagesResult result = images.run(plan, kill);
                Answer answer = result.answer();
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

    /** Kills a TaskManager as soon as the workers have done so much, starts a fresh one, and waits until all runs again. */
    private static final class Kill implements LongConsumer {
        private final LocalCluster cluster;
        private final int victim;
        private final long after;
        private boolean done;
        private long at;
        private double seconds;
        private int attempts;

        Kill(LocalCluster cluster, int victim, long after) {
            this.cluster = cluster;
            this.victim = victim;
            this.after = after;
        }

        /** Otherwise it came too late: progress is reported late, and the job may have ended meanwhile. */
        boolean costAnAttempt() {
            return done && attempts > 1;
        }

        @Override
        public void accept(long processed) {
            if (done || processed < after) {
                return;
            }
            JobID job = runningJob();
            if (job == null) {
                return;
            }
            done = true;
            at = processed;
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
                    "kill of TaskManager %d wanted after %d batches, done=%s after %d, running again after %.1f s, attempts %d",
                    victim,
                    after,
                    done,
                    at,
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
