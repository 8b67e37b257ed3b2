package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The crate alone. */
class CrateIT {
    @Test
    void itsTestsOfSeveralProcessesPass() throws Exception {
        assertThat(Cargo.run("test", "--locked", "--workspace", "--features", Cargo.FEATURES))
                .doesNotContain("running 0 tests");
    }

    @Test
    void itIsFormattedAndHasNoWarnings() throws Exception {
        Cargo.run("fmt", "--all", "--check");
        Cargo.run(
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--features",
                Cargo.FEATURES,
                "--",
                "--deny",
                "warnings");
    }
}
