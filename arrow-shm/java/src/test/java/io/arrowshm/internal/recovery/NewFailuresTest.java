package io.arrowshm.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewFailuresTest {
    private final NewFailures failures = new NewFailures();

    @Test
    void aFailureIsNewOnceForAsLongAsItIsThereInEveryRound() {
        assertThat(failures.isNew("a")).isTrue();
        assertThat(failures.isNew("a")).isFalse();
        assertThat(failures.isNew("b")).isTrue();
        failures.endRound();
        assertThat(failures.isNew("a")).isFalse();
        failures.endRound();
        assertThat(failures.isNew("a")).isFalse();
        assertThat(failures.isNew("b")).isTrue();
        failures.endRound();
        failures.endRound();
        assertThat(failures.isNew("a")).isTrue();
    }
}
