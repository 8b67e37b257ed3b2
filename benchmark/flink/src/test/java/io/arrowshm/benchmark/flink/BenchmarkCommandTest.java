package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.console.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class BenchmarkCommandTest {
    @TempDir
    private Path directory;

    @Test
    void withoutOptionsFiveExchangesMoveFourSizesFiveTimes() {
        Plan plan = plan();
        assertThat(plan.steps())
                .extracting(Step::text)
                .containsExactly("size 1 KiB", "size 64 KiB", "size 1 MiB", "size 16 MiB");
        assertThat(plan.steps()).allSatisfy(step -> {
            assertThat(step.contestants()).isEqualTo(Contestant.usual());
            assertThat(step.rounds()).isEqualTo(5);
            assertThat(step.load().measuredSeconds()).isEqualTo(2);
            assertThat(step.load().warmUpSeconds()).isEqualTo(1);
        });
    }

    @Test
    void whatIsSaidWinsOverWhatQuickMeans() {
        assertThat(plan("--quick").steps()).hasSize(2).allSatisfy(step -> {
            assertThat(step.rounds()).isEqualTo(3);
            assertThat(step.load().measuredSeconds()).isEqualTo(1);
        });
        assertThat(plan("--quick", "--rounds=7", "--seconds=0.5", "--bytes=64", "--only=bytes-tuned,reference")
                        .steps())
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.rounds()).isEqualTo(7);
                    assertThat(step.load().bytes()).isEqualTo(64);
                    assertThat(step.load().measuredSeconds()).isEqualTo(0.5);
                    assertThat(step.contestants())
                            .extracting(Contestant::text)
                            .containsExactly("bytes-tuned", "reference");
                });
    }

    @Test
    void everyOptionOfTheLoadReachesIt() {
        Load load = plan("--bytes=128", "--hops=3", "--consumers=2", "--jobs=2", "--reads=all", "--rate=1000")
                .steps()
                .get(0)
                .load();
        assertThat(load).isEqualTo(Load.of(2).with(all -> {
            all.bytes = 128;
            all.hops = 3;
            all.consumers = 2;
            all.jobs = 2;
            all.reads = Load.Reads.ALL;
            all.arraysPerSecond = 1000;
        }));
    }

    @Test
    void arraysThatSayWhenTheyWereDueNeedRoomForIt() {
        assertThat(plan("--bytes=8").steps()).hasSize(1);
        assertThat(plan("--bytes=64,1KiB").steps())
                .extracting(step -> step.load().bytes())
                .containsExactly(64L, 1024L);
        for (String paced : List.of("--questions=latency", "--rate=5")) {
            assertThat(plan("--bytes=16", paced).steps()).hasSize(1);
            assertThatThrownBy(() -> plan("--bytes=8", paced))
                    .isInstanceOf(ParameterException.class)
                    .hasMessage("--bytes=8 is out of range: allowed is a multiple of 8 from 16 to 1073741824");
        }
    }

    @Test
    void whatIsOutOfRangeIsRefusedWithWhatIsAllowed() {
        Map.of(
                        "--bytes=64,12", "--bytes=12 is out of range: allowed is a multiple of 8",
                        "--bytes=0", "--bytes=0 is",
                        "--bytes=-8", "'-8' is not a size",
                        "--hops=6", "allowed is 1 to 5",
                        "--consumers=0", "allowed is 1 to 4",
                        "--jobs=3", "allowed is 1 to 2",
                        "--rate=-1", "allowed is 0",
                        "--seconds=0", "allowed is more than 0",
                        "--seconds=NaN", "allowed is more than 0",
                        "--rounds=0", "allowed is 1 or more")
                .forEach((argument, message) -> assertThatThrownBy(() -> plan(argument))
                        .as(argument)
                        .isInstanceOf(ParameterException.class)
                        .hasMessageContaining(message));
        assertThatThrownBy(() -> plan("--only=pigeon")).hasMessageContaining("'pigeon' is none of reference, drop-in");
        assertThatThrownBy(() -> plan("--questions=size,why")).hasMessageContaining("'why' is none of size, read-all");
    }

    @Test
    void whoeverWantsToGoOnMustSayWhere() {
        assertThatThrownBy(() -> parsed("--full").call()).hasMessageContaining("--full: give a file with --json=");
    }

    /** Before any process is started. */
    @Test
    void resultsOfAnotherMachineOrWithOtherOptionsAreNotContinued() {
        Path json = directory.resolve("full.json");
        new ResultsFile(json).write(new Results(Measured.MACHINE, List.of(Measured.ofSize(64, 2, 1))));
        assertNotContinued(json, "results of another machine");

        Machine otherOptions = Machine.here(Map.of("taskmanager.numberOfTaskSlots", "3"));
        new ResultsFile(json).write(new Results(otherOptions, List.of()));
        assertNotContinued(json, "taskmanager.numberOfTaskSlots");
    }

    private static void assertNotContinued(Path json, String why) {
        assertThatThrownBy(() -> parsed("--full", "--json=" + json).call())
                .isInstanceOf(UserErrorException.class)
                .hasMessageContaining(json.toString())
                .hasMessageContaining(why)
                .hasMessageContaining("give the name of another file");
    }

    @Test
    void aFileThatIsNoneIsRefusedBeforeItIsWrittenOver() throws Exception {
        Path json = Files.writeString(directory.resolve("notes.json"), "my notes");
        assertThatThrownBy(() -> parsed("--full", "--json=" + json).call())
                .isInstanceOf(UserErrorException.class)
                .hasMessageContaining("holds no results of this version");
        assertThat(json).hasContent("my notes");
    }

    private static Plan plan(String... arguments) {
        return parsed(arguments).plan();
    }

    private static BenchmarkCommand parsed(String... arguments) {
        BenchmarkCommand command = new BenchmarkCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return command;
    }
}
