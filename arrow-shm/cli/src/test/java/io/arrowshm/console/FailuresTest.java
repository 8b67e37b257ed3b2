package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FailuresTest {
    /** Stands for what an RPC makes of a failure: the failure itself is in it, but is not its cause. */
    private static final class Carried extends Exception {
        private static final long serialVersionUID = 1L;

        private final Throwable original;

        Carried(Throwable original) {
            this.original = original;
        }
    }

    private final Failures failures = Failures.of(
            failure -> failure instanceof Carried carried ? carried.original : failure,
            List.of(UncheckedIOException.class));

    @Test
    void aUserErrorIsFoundThroughCausesAndThroughWhatCarriesIt() {
        Throwable inTask = new RuntimeException("task failed", new UserErrorException("the pool is too small"));
        Throwable atClient = new IllegalStateException("job failed", new Carried(inTask));
        assertThat(failures.userError(atClient)).contains("the pool is too small");
    }

    @Test
    void whatACommandNamesIsAUserErrorTooAndNothingElseIs() {
        Throwable file = new RuntimeException(new UncheckedIOException("f.gz is cut", new java.io.EOFException()));
        assertThat(failures.userError(file)).contains("f.gz is cut");
        assertThat(Failures.ofThisProcess().userError(file)).isEmpty();
    }

    @Test
    void anythingElseIsTheFirstLineOfItsDeepestCause() {
        Throwable failure = new RuntimeException("outer", new IllegalStateException("why\nand a long log"));
        assertThat(failures.userError(failure)).isEmpty();
        assertThat(Failures.reason(failure)).isEqualTo("why");
        assertThat(Failures.reason(new NullPointerException())).isEqualTo("java.lang.NullPointerException");
    }

    @Test
    void theOutermostFailureThatIsMeantForPeopleDecides() {
        Failures told = new Failures(
                failure -> failure,
                failure -> failure instanceof IllegalStateException ? OptionalInt.of(1) : OptionalInt.empty());
        Throwable failure = new RuntimeException(
                new IllegalStateException("in use:\nwait", new UserErrorException("name another pool")));
        assertThat(told.explained(failure)).contains(new Failures.Explained(1, "in use: wait"));
        assertThat(told.userError(failure)).isEmpty();
        assertThat(told.explained(new RuntimeException("unknown"))).isEmpty();
    }
}
