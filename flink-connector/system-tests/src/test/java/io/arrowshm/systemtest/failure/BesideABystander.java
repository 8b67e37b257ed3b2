package io.arrowshm.systemtest.failure;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Tests of failures on one cluster, each beside a job that must not notice, and after each of which nothing is left. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class BesideABystander {
    FailureCluster failures;
    Bystander bystander;

    @BeforeAll
    void startCluster() throws Exception {
        failures = FailureCluster.start(getClass());
        bystander = Bystander.start(failures);
    }

    @AfterAll
    void closeCluster() throws Exception {
        try (FailureCluster cluster = failures) {
            bystander.close();
        }
    }

    @AfterEach
    void nothingIsLeftAndTheBystanderIsUndisturbed() throws Exception {
        failures.cancelJobs();
        bystander.assertUndisturbedAndAlone();
    }
}
