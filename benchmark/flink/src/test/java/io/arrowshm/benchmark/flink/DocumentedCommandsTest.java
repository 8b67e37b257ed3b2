package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.arrowshm.testing.Documentation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The commands and options of the benchmark that README.md and docs/ name exist. */
class DocumentedCommandsTest {
    /** Without those that go to JMH, which are no command of ours. */
    static Stream<List<String>> commands() {
        return Documentation.commands("benchmark/run").stream()
                .filter(arguments -> arguments.isEmpty() || !arguments.get(0).equals("jmh"));
    }

    @ParameterizedTest(name = "benchmark/run {0}")
    @MethodSource("commands")
    void commandsOfTheBenchmarkExist(List<String> arguments) {
        CommandLine command = new CommandLine(new BenchmarkCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        assertThatCode(() -> command.parseArgs(arguments.toArray(new String[0])))
                .doesNotThrowAnyException();
    }
}
