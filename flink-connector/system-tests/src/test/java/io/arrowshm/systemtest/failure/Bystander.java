package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.Placement;
import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job that sends by reference all the time, in the pool in which things happen to other jobs. One thread. */
final class Bystander implements AutoCloseable {
    static final Placement PLACE = new Placement("bystander");
    static final String NAME = "bystander";

    private static final int TASK_MANAGER = 2;
    /** Enough for half an hour at its pace; what is left when it may end takes seconds. */
    private static final long RECORDS = 45_000;

    private final FailureCluster failures;
    private final SumJob job;
    private final RunningJob running;

    private Bystander(FailureCluster failures, SumJob job, RunningJob running) {
        this.failures = failures;
        this.job = job;
        this.running = running;
    }

    static Bystander start(FailureCluster failures) throws Exception {
        SumJob job = new SumJob(
                        NAME,
                        failures.watch().options(),
                        RECORDS,
                        FailureCluster.PARALLELISM,
                        PLACE,
                        PLACE,
                        List.of(),
                        false)
                .with(Trouble.in(failures.newDirectory(), Place.MAKING, 0, Effect.TAKES_ITS_TIME));
        StreamExecutionEnvironment environment = failures.environment(Map.of());
        job.addTo(environment);
        RunningJob running = new RunningJob(failures.cluster(), environment.executeAsync(NAME));
        running.awaitRunning();
        return new Bystander(failures, job, running);
    }

    /** Waits until no segment and no epoch is left but its own; it has not been restarted. */
    void assertUndisturbedAndAlone() {
        long processId = failures.cluster().taskManagerPid(TASK_MANAGER);
        failures.watch().awaitNothingLeft(creator -> creator == processId, NAME);
        assertNeverRestarted();
        assertThat(running.state()).isEqualTo("RUNNING");
    }

    /** Has it end; its result is right, and by reference. */
    @Override
    public void close() throws Exception {
        for (Trouble trouble : job.troubles()) {
            trouble.over().open();
        }
        job.assertRight(running.result());
        assertNeverRestarted();
    }

    private void assertNeverRestarted() {
        assertThat(running.attempts(NAME)).isNotEmpty().containsOnly(0);
    }
}
