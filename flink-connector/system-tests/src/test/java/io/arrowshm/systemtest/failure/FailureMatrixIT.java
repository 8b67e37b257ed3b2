package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.cluster.Await;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to jobs whose processes live, beside a job that goes on. */
class FailureMatrixIT extends BesideABystander {
    private static final long MIDDLE = FailureCluster.RECORDS / 2;

    @Test
    void aTaskThatFailsCostsNothingButAnAttempt() throws Exception {
        SumJob job = failures.job("failing-once").with(trouble(Place.WORKING, MIDDLE, Effect.FAILS_ONCE));
        RunningJob running = failures.submit(Map.of(), job);
        job.assertRight(running.result());
        assertThat(running.attempts("work of")).containsOnly(1);
    }

    @Test
    void onlyTheRegionOfATaskThatFailsIsRestarted() throws Exception {
        Trouble fails = trouble(Place.WORKING, MIDDLE, Effect.FAILS_ONCE);
        Trouble waits = trouble(Place.MAKING, MIDDLE, Effect.STANDS_STILL);
        SumJob failing = failures.job("region-that-fails").with(fails);
        SumJob other = failures.job("other-region").with(waits);
        RunningJob running = failures.submit(Map.of(), failing, other);
        failures.awaitOpen(waits.reached());
        failures.awaitOpen(fails.over());
        Await.until(
                "the region is restarted",
                FailureCluster.TIMEOUT,
                () -> running.attempts(failing.name()).stream().allMatch(attempt -> attempt == 1),
                failures.cluster()::logTails);
        waits.over().open();
        failing.assertRight(running.result());
        other.assertRight(running.result());
        assertThat(running.attempts(other.name())).isNotEmpty().containsOnly(0);
    }

    @Test
    void aJobThatHasUsedUpItsRestartsLeavesNothing() throws Exception {
        SumJob job = failures.job("failing-always").with(trouble(Place.WORKING, MIDDLE, Effect.FAILS_ALWAYS));
        RunningJob running = failures.submit(Map.of("restart-strategy.fixed-delay.attempts", "2"), job);
        assertThatThrownBy(() -> running.result()).hasStackTraceContaining("fails always, as the test wants");
        assertThat(running.attempts("work of")).containsOnly(2);
    }

    @Test
    void aJobIsCancelledWhileSegmentsAreInFlightAndOnLoan() throws Exception {
        Trouble makes = trouble(Place.MAKING, 200, Effect.STANDS_STILL);
        Trouble works = trouble(Place.WORKING, 100, Effect.STANDS_STILL);
        SumJob job = failures.job("cancelled").with(makes).with(works);
        RunningJob running = failures.submit(Map.of(), job);
        failures.awaitOpen(makes.reached());
        failures.awaitOpen(works.reached());
        failures.watch()
                .await(
                        "segments are in flight",
                        pool -> PoolWatch.inFlight(pool, job.name()).size() > 1);
        cancel(running, job);
    }

    @Test
    void aJobIsCancelledWhileItHasFilledThePool() throws Exception {
        long moreThanFit = 640;
        Trouble stands = trouble(Place.MAKING, moreThanFit - 1, Effect.STANDS_STILL);
        SumJob job = failures.job("filling")
                .withRecords(moreThanFit)
                .keepingSegments()
                .with(stands);
        RunningJob running = failures.submit(Map.of(), job);
        failures.awaitOpen(stands.reached());
        Await.until(
                "the pool is full",
                FailureCluster.TIMEOUT,
                () -> failures.watch().isFullFor(MakeArrays.SPEC),
                () -> failures.watch().snapshot().totals().toString());
        cancel(running, job);
    }

    @ParameterizedTest(name = "parallelism {0}, then {1}")
    @CsvSource({"2, 1", "1, 2"})
    void aJobStoppedWithASavepointGoesOnWithAnotherParallelism(int before, int after) throws Exception {
        Trouble slow = trouble(Place.MAKING, 0, Effect.TAKES_ITS_TIME);
        SumJob job = failures.job("stopped").with(slow).withParallelism(before);
        RunningJob running = failures.submit(Map.of(), job);
        running.awaitCheckpoints(2);
        String savepoint = running.stopWithSavepoint(failures.newDirectory());
        bystander.assertUndisturbedAndAlone();

        SumJob again = job.withParallelism(after);
        RunningJob restored = failures.submit(Map.of("execution.state-recovery.path", savepoint), again);
        restored.awaitRunning();
        slow.over().open();
        again.assertRight(restored.result());
    }

    private Trouble trouble(Place place, long from, Effect effect) throws Exception {
        return Trouble.in(failures.newDirectory(), place, from, effect);
    }

    private void cancel(RunningJob running, SumJob job) throws Exception {
        List<SegmentSnapshot> inFlight = PoolWatch.inFlight(failures.watch().snapshot(), job.name());
        running.cancel();
        long since = System.nanoTime();
        failures.watch().awaitNotInFlight(inFlight);
        System.out.printf(
                "| %s | %d bytes in flight, back %d ms after the job has ended |%n",
                job.name(), PoolWatch.bytes(inFlight), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
    }
}
