package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    private static final Load BASE = Load.of(1);

    @Test
    void theSizeIsAllThatSizeVaries() {
        assertThat(loads(Questions.SIZE, 1024, 4096))
                .containsExactly(BASE.with(load -> load.bytes = 1024), BASE.with(load -> load.bytes = 4096));
    }

    @Test
    void readAllReadsAllElements() {
        assertThat(loads(Questions.READ_ALL, 1024)).containsExactly(BASE.with(load -> {
            load.bytes = 1024;
            load.reads = Load.Reads.ALL;
        }));
    }

    @Test
    void hopsVariesTheEdgesOfEachSize() {
        assertThat(loads(Questions.HOPS, 64, 128))
                .extracting(Load::bytes, Load::hops)
                .startsWith(tuple(64L, 1), tuple(64L, 2))
                .endsWith(tuple(128L, 4), tuple(128L, 5))
                .hasSize(10);
    }

    @Test
    void consumersVariesWhoReads() {
        assertThat(loads(Questions.CONSUMERS, 64)).extracting(Load::consumers).containsExactly(1, 2, 4);
    }

    @Test
    void jobsVariesHowManyRunAtOnce() {
        assertThat(loads(Questions.JOBS, 64)).extracting(Load::jobs).containsExactly(1, 2);
    }

    @Test
    void togetherPutsAllTasksIntoOneTaskManager() {
        assertThat(loads(Questions.TOGETHER, 64)).extracting(Load::taskManagers).containsExactly(1);
    }

    @Test
    void latencyPacesLargeArraysByBytesAndSmallOnesByNumber() {
        assertThat(loads(Questions.LATENCY, 64, 1_000_000))
                .extracting(Load::arraysPerSecond)
                .containsExactly(1_000.0, 100.0);
    }

    @Test
    void memoryTakesFreshProcessesForOneAndForFourConsumers() {
        assertThat(loads(Questions.MEMORY, 64)).extracting(Load::consumers).containsExactly(1, 4);
        assertThat(Questions.MEMORY.warmUpRounds()).isZero();
        assertThat(Questions.ALL)
                .filteredOn(question -> question.warmUpRounds() == 0)
                .containsExactly(Questions.MEMORY);
    }

    @Test
    void whatTheCommandLineSetsStaysUnlessTheQuestionVariesIt() {
        Load base = BASE.with(load -> {
            load.hops = 3;
            load.consumers = 2;
        });
        assertThat(Questions.CONSUMERS.sweep().loads(base, List.of(64)))
                .extracting(Load::hops, Load::consumers)
                .containsExactly(tuple(3, 1), tuple(3, 2), tuple(3, 4));
    }

    @Test
    void everyQuestionHasItsOwnNameAndTitleAndSaysWhatItAsks() {
        assertDistinct(Question::name);
        assertDistinct(Question::title);
        assertThat(Questions.ALL).allSatisfy(question -> {
            assertThat(question.asks().apply(BASE))
                    .endsWith(question.asks().apply(BASE).contains("?") ? "?" : ".");
            assertThat(question.charts()).isNotEmpty();
            assertThat(question.columns()).isNotEmpty();
            assertThat(question.sweep().sizes().quick()).isNotEmpty();
        });
    }

    @Test
    void whatAQuestionAsksFollowsTheLoad() {
        Load load = BASE.with(changed -> {
            changed.taskManagers = 1;
            changed.hops = 2;
            changed.reads = Load.Reads.ALL;
        });
        assertThat(Questions.SIZE.asks().apply(load))
                .contains("in the same process, 2 edges further, reads all elements of each");
        assertThat(Questions.SIZE.asks().apply(BASE))
                .contains("in another process, one edge further, reads the first element of each");
    }

    @Test
    void loadsThatAreNotInOneChartHaveHeadingsAndFilesOfTheirOwn() {
        Load load = BASE.with(changed -> {
            changed.bytes = 1 << 24;
            changed.consumers = 4;
        });
        assertThat(Questions.SIZE.heading(load)).isEqualTo("Arrays that a consumer reads one element of");
        assertThat(Questions.HOPS.heading(load)).isEqualTo("Arrays that cross several edges, each of 16 MiB");
        assertThat(Questions.MEMORY.heading(load)).isEqualTo("Memory of fresh TaskManagers and the pool, 4 consumers");
        assertThat(Questions.SIZE.fileName(load)).isEqualTo("size");
        assertThat(Questions.HOPS.fileName(load)).isEqualTo("hops-each-of-16-mib");
        assertThat(Questions.MEMORY.fileName(load)).isEqualTo("memory-4-consumers");
    }

    private static List<Load> loads(Question question, Integer... bytes) {
        return question.sweep().loads(BASE, List.of(bytes));
    }

    private static void assertDistinct(Function<Question, String> text) {
        List<String> all = Questions.ALL.stream().map(text).toList();
        assertThat(new HashSet<>(all)).hasSameSizeAs(all);
    }
}
