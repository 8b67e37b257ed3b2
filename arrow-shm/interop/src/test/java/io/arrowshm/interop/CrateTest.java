package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the crate tests within one process: the table of the protocol's steps, sizes, names, manifests. */
class CrateTest {
    @Test
    void theCratesUnitTestsPass() throws Exception {
        assertThat(Cargo.run("test", "--locked", "--lib", "--features", Cargo.FEATURES))
                .contains("test result: ok");
    }
}
