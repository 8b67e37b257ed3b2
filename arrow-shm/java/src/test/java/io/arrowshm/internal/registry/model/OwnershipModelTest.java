package io.arrowshm.internal.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class OwnershipModelTest {
    @ParameterizedTest
    @EnumSource
    void nothingIsLostFreedEarlyOrStuckHowever(Scenario scenario) {
        int states = new Explorer(scenario.model(Fault.NONE)).explore();
        System.out.printf("%s: %,d states%n", scenario, states);
        assertThat(states).isGreaterThan(1_000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsFound(Fault fault) {
        Scenario scenario = Scenario.thatFinds(fault);
        Violation violation =
                catchThrowableOfType(Violation.class, () -> new Explorer(scenario.model(fault)).explore());
        assertThat(violation).as("%s in %s", fault, scenario).isNotNull();
        System.out.printf("%s, found in %s: %s%n", fault, scenario, violation.getMessage());
        assertThat(violation.getMessage()).isNotBlank();
    }

    @Test
    void everyFaultHasAScenarioThatIsToFindIt() {
        assertThat(Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE))
                .allSatisfy(fault -> assertThat(Scenario.thatFinds(fault)).isNotNull());
    }
}
