package io.arrowshm.systemtest.failure;

import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.flink.stream.ShmOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A TaskManager is killed while its process is at a known point, beside a job that goes on. */
class CrashMatrixIT extends BesideABystander {
    @ParameterizedTest
    @EnumSource
    void aKillLeavesTheResultExactTheBystanderUndisturbedAndNothingInThePool(CrashPoint point) throws Exception {
        LocalCluster cluster = failures.cluster();
        String fault = point.fault();
        if (fault != null) {
            failures.replaceByOneThatStops(point.victim(), fault, CrashPoint.REACHED_BEFORE);
        }

        List<Trouble> troubles = point.troubles(failures.newDirectory());
        SumJob job = failures.job(point.name());
        for (Trouble trouble : troubles) {
            job = job.with(trouble);
        }
        RunningJob running = failures.submit(Map.of(ShmOptions.CREDIT.key(), point.creditBytes() + " b"), job);
        for (Trouble trouble : troubles) {
            failures.awaitOpen(trouble.reached());
        }
        if (fault != null) {
            failures.awaitStopped(point.victim());
        }
        failures.watch()
                .await(
                        "the job is at " + point,
                        pool -> point.isReached(
                                pool,
                                point.name(),
                                cluster.taskManagerPid(FailureCluster.SOURCE),
                                cluster.taskManagerPid(FailureCluster.WORKERS)));

        long since = System.nanoTime();
        failures.kill(point.victim(), point.name());
        cluster.startTaskManager(point.victim());
        running.awaitRestarted();
        System.out.printf(
                "| %s | the job runs again after %d ms |%n",
                point, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
        for (Trouble trouble : troubles) {
            trouble.over().open();
        }
        job.assertRight(running.result());
    }
}
