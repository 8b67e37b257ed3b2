package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JobManager is killed, and the next one recovers its jobs from ZooKeeper. */
class JobManagerFailureIT {
    private static final int JOBS = 3;
    private static final int TICK_MS = 500;
    /** After that the killed one is no leader any more. */
    private static final int SESSION_TIMEOUT_MS = 5_000;

    @Test
    void jobsGoOnUnderTheNextJobManagerWithExactResultsAndNothingIsLeft(@TempDir Path temporary) throws Exception {
        try (TestingServer zooKeeper = new TestingServer(
                        new InstanceSpec(temporary.resolve("zookeeper").toFile(), -1, -1, -1, true, -1, TICK_MS, -1),
                        true);
                FailureCluster failures = FailureCluster.start(
                        JobManagerFailureIT.class.getSimpleName(),
                        highAvailability(zooKeeper.getConnectString(), temporary.resolve("jobs")),
                        FailureCluster.TASK_MANAGER.withSlots(JOBS).withPlacement(FailureCluster.SOURCE_PLACE),
                        FailureCluster.TASK_MANAGER
                                .withSlots(JOBS * FailureCluster.PARALLELISM)
                                .withPlacement(FailureCluster.WORKERS_PLACE))) {
            Trouble slow = Trouble.in(failures.newDirectory(), Place.MAKING, 0, Effect.TAKES_ITS_TIME);
            SumJob first = failures.job("first").with(slow);
            SumJob second = failures.job("second").with(slow);
            RunningJob runningFirst = failures.submit(Map.of(), first);
            RunningJob runningSecond = failures.submit(Map.of(), second);
            DatasetCopy copy = new DatasetCopy(failures);
            copy.publishInput();
            Trouble slowRead = Trouble.in(failures.newDirectory(), Place.WORKING, 0, Effect.TAKES_LONG);
            RunningJob runningCopy = copy.submit("copy", slowRead);
            runningFirst.awaitCheckpoints(2);
            runningSecond.awaitCheckpoints(2);
            runningCopy.awaitCheckpoints(2);

            failures.cluster().killJobManager();
            long since = System.nanoTime();
            failures.cluster().startJobManager();
            runningFirst.awaitRunning();
            runningSecond.awaitRunning();
            runningCopy.awaitRunning();
            System.out.printf(
                    "| JobManager killed | all jobs run again after %d ms |%n",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));

            slow.over().open();
            slowRead.over().open();
            first.assertRight(runningFirst.result());
            second.assertRight(runningSecond.result());
            runningCopy.result();
            copy.assertRight();
            copy.delete();
            assertThat(runningFirst.restoredCheckpoints()).isPositive();
            assertThat(runningSecond.restoredCheckpoints()).isPositive();
            assertThat(runningCopy.restoredCheckpoints()).isPositive();
        }
    }

    private static Map<String, String> highAvailability(String quorum, Path storage) {
        return Map.of(
                "high-availability.type",
                "zookeeper",
                "high-availability.zookeeper.quorum",
                quorum,
                "high-availability.zookeeper.client.session-timeout",
                SESSION_TIMEOUT_MS + " ms",
                "high-availability.storageDir",
                storage.toUri().toString());
    }
}
