package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;

/** Jobs that run on a cluster in this process. */
public final class TestJobs {
    private static final long TIMEOUT_SECONDS = 60;

    private TestJobs() {}

    /** Cancels a job, and waits for its end. */
    public static void cancel(JobClient job) throws Exception {
        // Asked for before: a cluster of its own ends with its job, and then answers nobody any more.
        CompletableFuture<JobExecutionResult> end = job.getJobExecutionResult();
        job.cancel().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThatThrownBy(() -> end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .hasMessageContaining("cancelled");
    }
}
