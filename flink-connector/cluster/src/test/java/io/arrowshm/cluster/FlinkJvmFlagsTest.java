package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class FlinkJvmFlagsTest {
    @Test
    void testsRunUnderTheFlagsOfTheClusterAndNoOthers() {
        assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments())
                .filteredOn(argument -> argument.startsWith("--add-"))
                .containsExactlyElementsOf(FlinkJvmFlags.SHIPPED);
    }
}
