package io.arrowshm.systemtest.failure;

import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job copies a dataset to others, and the process of its source or of its sink is killed. */
class DatasetCrashIT extends BesideABystander {
    /** Where the process stops. */
    enum Crash {
        /** The source's function has a segment on loan, the readers have their splits. */
        READING(FailureCluster.SOURCE, null, 0),
        /** The sink has written a manifest, and none of its segments has its name. */
        STAGING(FailureCluster.WORKERS, "MANIFEST_WRITTEN", 3),
        /** Some segments have their name, and no manifest says so. */
        NAMING(FailureCluster.WORKERS, "SEGMENT_NAMED", 30),
        /** The sink has staged what it has for the first checkpoint, which is not complete. */
        STAGED(FailureCluster.WORKERS, "MANIFEST_RENAMED", 2),
        /** The sink has published some of what the first checkpoint covers. */
        COMMITTING(FailureCluster.WORKERS, "MANIFEST_RENAMED", 3);

        private final int victim;
        private final @Nullable String fault;
        private final int times;

        Crash(int victim, @Nullable String fault, int times) {
            this.victim = victim;
            this.fault = fault;
            this.times = times;
        }
    }

    @AfterEach
    void deleteDatasets() throws Exception {
        failures.cancelJobs();
        new DatasetCopy(failures).delete();
    }

    @ParameterizedTest
    @EnumSource
    void aKillLeavesEverySegmentPublishedExactlyOnceAndTheBystanderUndisturbed(Crash crash) throws Exception {
        DatasetCopy copy = new DatasetCopy(failures);
        copy.publishInput();
        if (crash.fault != null) {
            failures.replaceByOneThatStops(crash.victim, crash.fault, crash.times);
        }
        Trouble trouble = Trouble.in(
                failures.newDirectory(),
                Place.WORKING,
                crash.fault == null ? DatasetCopy.SEGMENTS / 2 : 0,
                crash.fault == null ? Effect.STANDS_STILL : Effect.TAKES_ITS_TIME);
        RunningJob running = copy.submit(crash.name(), trouble);
        if (crash.fault == null) {
            failures.awaitOpen(trouble.reached());
        } else {
            failures.awaitStopped(crash.victim);
        }
        failures.kill(crash.victim, "dataset " + crash);
        failures.cluster().startTaskManager(crash.victim);
        trouble.over().open();
        running.result();
        copy.assertRight();
    }
}
