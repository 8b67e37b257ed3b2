package io.arrowshm.systemtest.failure;

import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Flink's adaptive scheduler gives a job what slots there are, and lets it run when TaskManagers come and go. */
class RescaleIT {
    private static final int SLOTS_OF_EACH = 2;
    private static final Map<String, String> ADAPTIVE = Map.of(
            "jobmanager.scheduler", "adaptive",
            "jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout", "500 ms",
            "jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout", "500 ms",
            "jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling", "500 ms",
            "jobmanager.adaptive-scheduler.rescale-trigger.max-delay", "1 s");

    @Test
    void aJobGrowsWithATaskManagerAndShrinksWhenOneIsKilledWithAnExactResultAndNothingIsLeft() throws Exception {
        try (FailureCluster failures = FailureCluster.start(
                RescaleIT.class.getSimpleName(),
                ADAPTIVE,
                FailureCluster.TASK_MANAGER.withSlots(SLOTS_OF_EACH),
                FailureCluster.TASK_MANAGER.withSlots(SLOTS_OF_EACH))) {
            failures.cluster().killTaskManager(1);
            Trouble slow = Trouble.in(failures.newDirectory(), Place.MAKING, 0, Effect.TAKES_ITS_TIME);
            SumJob job = new SumJob(
                            "rescaled",
                            failures.watch().options(),
                            FailureCluster.RECORDS,
                            2 * SLOTS_OF_EACH,
                            null,
                            null,
                            List.of(),
                            false)
                    .with(slow);
            RunningJob running = failures.submit(Map.of(), job);
            running.awaitParallelism("work of", SLOTS_OF_EACH);

            failures.cluster().startTaskManager(1);
            running.awaitParallelism("work of", 2 * SLOTS_OF_EACH);
            running.awaitCheckpoints(2);

            failures.kill(1, "one of two TaskManagers, adaptive scheduler");
            running.awaitParallelism("work of", SLOTS_OF_EACH);

            slow.over().open();
            job.assertRight(running.result());
        }
    }
}
