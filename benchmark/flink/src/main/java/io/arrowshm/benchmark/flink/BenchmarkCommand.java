package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.limits.MemoryCopy;
import io.arrowshm.benchmark.peers.FilesCommand;
import io.arrowshm.benchmark.peers.PeersCommand;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.RoundsOption;
import io.arrowshm.console.Allowed;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.ByteSizeConverter;
import io.arrowshm.console.Progress;
import io.arrowshm.console.UserErrorException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of benchmark/run. */
@Command(
        name = "benchmark/run",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        subcommands = {
            PageCommand.class,
            LimitsCommand.class,
            RecoveryCommand.class,
            PeersCommand.class,
            FilesCommand.class
        },
        description = {
            "Compares ways to move arrays of doubles between two TaskManager processes, on clusters of its own. A producer "
                    + "fills every array, a consumer reads it; nothing is counted while the JVMs warm up. All exchanges "
                    + "take turns, and the table shows the run in the middle.",
            "",
            "benchmark/run jmh --help is about single operations.",
            ""
        })
final class BenchmarkCommand implements Callable<Integer> {
    private static final int MOST_BYTES = 1 << 30;
    private static final int MOST_HOPS = 5;
    private static final int MOST_CONSUMERS = 4;
    private static final Duration COPYING = Duration.ofMillis(200);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--quick", description = "3 runs of a second each, 1 KiB and 1 MiB: under 3 minutes.")
    private boolean quick;

    @Option(
            names = "--full",
            description =
                    "All questions, exchanges and sizes: hours. Needs --json=FILE; what that file holds already is "
                            + "not measured again, so that whoever was interrupted goes on.")
    private boolean full;

    @Option(
            names = "--questions",
            split = ",",
            paramLabel = "QUESTION",
            converter = QuestionNames.class,
            completionCandidates = QuestionNames.class,
            description = "What to look at, of ${COMPLETION-CANDIDATES}; by default size.")
    private @Nullable List<Question> questions;

    @Option(
            names = "--bytes",
            split = ",",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Sizes of arrays, such as 64KiB, multiples of 8; by default 1 KiB, 64 KiB, 1 MiB and 16 MiB, or what suits the "
                            + "question.")
    private @Nullable List<Long> bytes;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "EXCHANGE",
            converter = ContestantNames.class,
            completionCandidates = ContestantNames.class,
            description =
                    "Exchanges, of ${COMPLETION-CANDIDATES}; by default reference, drop-in, pojo, bytes and bytes-tuned.")
    private @Nullable List<Contestant> only;

    @Option(
            names = "--reads",
            paramLabel = "first|all",
            description = "What the consumer reads of an array; by default first.")
    private Load.Reads reads = Load.Reads.FIRST;

    @Option(names = "--hops", paramLabel = "N", description = "Edges that each array crosses; by default 1.")
    private int hops = 1;

    @Option(names = "--consumers", paramLabel = "N", description = "Consumers that each get every array; by default 1.")
    private int consumers = 1;

    @Option(names = "--jobs", paramLabel = "N", description = "Jobs that do this at the same time; by default 1.")
    private int jobs = 1;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Arrays a second, and how long they take; by default as many as pass.")
    private double rate;

    @Mixin
    private final RoundsOption rounds = new RoundsOption();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "That a run counts, after half of that to warm up; by default 2.")
    private @Nullable Double seconds;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets an option of Flink or of this project, for all jobs and processes; may be repeated.")
    private final Map<String, String> flinkOptions = new TreeMap<>();

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Mixin
    private final PageOptions page = new PageOptions();

    @Override
    public Integer call() throws InterruptedException {
        answer.check();
        Path json = answer.jsonFile();
        if (full && json == null) {
            throw new ParameterException(
                    spec.commandLine(), "--full: give a file with --json= too, so that it can go on when interrupted");
        }
        Plan plan = plan();
        Machine machine = Machine.here(flinkOptions);
        ResultsFile file = json == null ? null : new ResultsFile(json);
        ResultsFile resumable = full ? file : null;
        Results results = new Results(machine, resumable == null ? List.of() : madeBefore(resumable, machine));
        Plan left = plan.without(results.comparisons());
        try (Clusters clusters = Clusters.open(flinkOptions);
                Progress progress = new Progress("measuring", "runs", left.runs())) {
            Turns turns = new Turns(
                    clusters,
                    (contestant, load) -> Clusters.runAlone(contestant, load, flinkOptions),
                    load -> MemoryCopy.warm(load.doubles(), COPYING));
            for (Step step : left.steps()) {
                results = results.with(turns.compare(step, progress));
                if (resumable != null) {
                    resumable.write(results);
                }
            }
        }
        Results all = new Results(Machine.here(flinkOptions), results.comparisons());
        answer.answer(ResultsFile.document(all), all::text);
        page.write(all);
        return 0;
    }

    Plan plan() {
        Extent extent = full ? Extent.FULL : quick ? Extent.QUICK : Extent.USUAL;
        if (bytes != null) {
            bytes.forEach(size -> requireSize(size, Double.BYTES));
        }
        Plan plan = Plan.of(
                questions == null ? extent.questions() : questions,
                question -> bytes == null ? extent.bytes(question) : sizes(bytes),
                base(extent),
                only == null ? extent.contestants() : only,
                rounds.count(quick));
        // Of paced arrays the second element is needed too.
        plan.steps().stream()
                .map(Step::load)
                .filter(Load::isPaced)
                .forEach(load -> requireSize(load.bytes(), 2 * Double.BYTES));
        return plan;
    }

    private Load base(Extent extent) {
        double counted = seconds == null ? extent.seconds() : seconds;
        Allowed.require(spec, counted > 0, "--seconds", counted, "more than 0");
        Allowed.require(spec, rate >= 0, "--rate", rate, "0 (as many as pass) or more");
        Allowed.between(spec, "--hops", hops, 1, MOST_HOPS);
        Allowed.between(spec, "--consumers", consumers, 1, MOST_CONSUMERS);
        Allowed.between(spec, "--jobs", jobs, 1, Clusters.MOST_JOBS);
        return Load.of(counted).with(load -> {
            load.hops = hops;
            load.consumers = consumers;
            load.jobs = jobs;
            load.reads = reads;
            load.arraysPerSecond = rate;
        });
    }

    private List<Comparison> madeBefore(ResultsFile file, Machine machine) {
        if (!file.exists()) {
            return List.of();
        }
        Results before = file.read();
        if (!before.machine().isLike(machine)) {
            throw new UserErrorException(
                    "--json=" + answer.jsonFile() + " holds results of another machine, Java or commit ("
                            + before.machine() + "): give the name of another file");
        }
        return before.comparisons();
    }

    private static List<Integer> sizes(List<Long> bytes) {
        return bytes.stream().map(Math::toIntExact).toList();
    }

    private void requireSize(long size, int least) {
        Allowed.require(
                spec,
                size >= least && size % Double.BYTES == 0 && size <= MOST_BYTES,
                "--bytes",
                size,
                "a multiple of 8 from " + least + " to " + MOST_BYTES);
    }
}
