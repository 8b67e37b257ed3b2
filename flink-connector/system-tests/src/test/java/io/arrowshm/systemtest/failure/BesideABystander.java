package io.arrowshm.systemtest.failure;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of failures, each beside a job that must not notice, and after each of which nothing is left. All such classes
 * have one cluster: what they kill they start again.
 */
@ExtendWith(SharedFailureCluster.class)
@TestInstance(Lifecycle.PER_CLASS)
abstract class BesideABystander {
    FailureCluster failures;
    Bystander bystander;

    @BeforeAll
    void startBystander(FailureCluster cluster) throws Exception {
        failures = cluster;
        bystander = Bystander.start(failures);
    }

    @AfterAll
    void endBystander() throws Exception {
        bystander.close();
        failures.assertNothingIsLeft();
    }

    @AfterEach
    void nothingIsLeftAndTheBystanderIsUndisturbed() throws Exception {
        failures.cancelJobs();
        bystander.assertUndisturbedAndAlone();
    }
}
