package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The crate alone. */
class CrateIT {
    @Test
    void itsTestsOfSeveralProcessesPass() throws Exception {
        assertThat(Cargo.run("test", "--locked", "--features", "processes")).doesNotContain("running 0 tests");
    }

    @Test
    void itIsFormattedAndHasNoWarnings() throws Exception {
        Cargo.run("fmt", "--check");
        Cargo.run("clippy", "--locked", "--all-targets", "--features", "processes", "--", "--deny", "warnings");
    }
}
