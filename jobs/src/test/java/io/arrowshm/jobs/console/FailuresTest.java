package io.arrowshm.jobs.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.shm.load.UnreadableFileException;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void aUserErrorIsFoundThroughCausesAndFlinksSerialization() {
        Throwable inTask = new RuntimeException("task failed", new UserErrorException("the pool is too small"));
        Throwable atClient = new IllegalStateException("job failed", new SerializedThrowable(inTask));
        assertThat(Failures.userError(atClient)).contains("the pool is too small");
        Throwable file = new UnreadableFileException("f.gz", "truncated", "whole files", "fetch it again");
        assertThat(Failures.userError(new RuntimeException(file)))
                .contains("f.gz: truncated, allowed is whole files: fetch it again");
    }

    @Test
    void anythingElseIsTheFirstLineOfItsDeepestCause() {
        Throwable failure = new RuntimeException("outer", new IllegalStateException("why\nand a long log"));
        assertThat(Failures.userError(failure)).isEmpty();
        assertThat(Failures.reason(failure)).isEqualTo("why");
        assertThat(Failures.reason(new NullPointerException())).isEqualTo("java.lang.NullPointerException");
    }
}
