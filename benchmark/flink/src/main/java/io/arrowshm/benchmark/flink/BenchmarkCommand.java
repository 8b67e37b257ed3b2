package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.Question.Extent;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.peers.PeersCommand;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.Progress;
import io.arrowshm.benchmark.report.RoundsOption;
import io.arrowshm.console.UserErrorException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
        version = "arrow-shm 0.1.0",
        usageHelpAutoWidth = true,
        sortOptions = false,
        subcommands = {PageCommand.class, LimitsCommand.class, RecoveryCommand.class, PeersCommand.class},
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

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--quick", description = "3 runs of a second each, 1 KiB and 1 MiB: under 3 minutes.")
    private boolean quick;

    @Option(
            names = "--full",
            description = "All questions, exchanges and sizes: hours. Needs --json; what that file holds already is "
                    + "not measured again, so that whoever was interrupted goes on.")
    private boolean full;

    @Option(
            names = "--questions",
            split = ",",
            paramLabel = "QUESTION",
            description = "What to look at, of ${COMPLETION-CANDIDATES}; by default size.")
    private Question @Nullable [] questions;

    @Option(
            names = "--bytes",
            split = ",",
            paramLabel = "BYTES",
            description =
                    "Sizes of arrays, multiples of 8; by default 1 KiB, 64 KiB, 1 MiB and 16 MiB, or what suits the "
                            + "question.")
    private int @Nullable [] bytes;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "EXCHANGE",
            converter = ContestantConverter.class,
            completionCandidates = ContestantConverter.Candidates.class,
            description =
                    "Exchanges, of ${COMPLETION-CANDIDATES}; by default reference, drop-in, pojo, bytes and bytes-tuned.")
    private Contestant @Nullable [] only;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all runs, and what they ran on, to a file.")
    private @Nullable Path json;

    @Mixin
    private final PageOptions page = new PageOptions();

    @Override
    public Integer call() throws InterruptedException {
        require(!full || json != null, "--full: give a file with --json too, so that it can go on when interrupted");
        List<Step> steps = steps();
        PrintWriter out = spec.commandLine().getOut();
        Machine machine = Machine.here(flinkOptions);
        ResultsFile file = json == null ? null : new ResultsFile(json);
        ResultsFile resumable = full ? file : null;
        List<Comparison> made = new ArrayList<>();
        if (resumable != null) {
            made.addAll(madeBefore(resumable, machine));
        }
        List<Step> left = steps.stream()
                .filter(step -> made.stream().noneMatch(step::isMadeBy))
                .toList();
        try (BenchmarkSession session = BenchmarkSession.open(flinkOptions);
                Progress progress =
                        new Progress(left.stream().mapToLong(Step::runs).sum())) {
            for (Step step : left) {
                made.add(session.compare(step, progress));
                if (resumable != null) {
                    resumable.write(new Results(machine, made));
                }
            }
        }
        Results results = new Results(Machine.here(flinkOptions), made);
        out.println(results.text());
        if (file != null) {
            file.write(results);
        }
        page.write(results);
        return 0;
    }

    private List<Step> steps() {
        Extent extent = full ? Extent.FULL : quick ? Extent.QUICK : Extent.USUAL;
        List<Contestant> contestants = only != null ? List.of(only) : full ? Contestant.all() : Contestant.usual();
        int runs = rounds.count(quick);
        Question[] asked = questions != null ? questions : full ? Question.values() : new Question[] {Question.SIZE};
        Load base = base();
        List<Step> steps = new ArrayList<>();
        for (Question question : asked) {
            int[] sizes = bytes == null ? question.sizes(extent) : bytes;
            requireSizes(sizes, question == Question.LATENCY || base.isPaced() ? 2 : 1);
            question.loads(base, sizes).forEach(load -> steps.add(new Step(question, load, contestants, runs)));
        }
        return steps;
    }

    private Load base() {
        double counted = seconds == null ? quick ? 1 : 2 : seconds;
        require(counted > 0, "--seconds=" + counted + ": allowed is more than 0");
        require(rate >= 0, "--rate=" + rate + ": allowed is more than 0");
        requireCount("--hops", hops, BenchmarkSession.MOST_HOPS);
        requireCount("--consumers", consumers, BenchmarkSession.MOST_CONSUMERS);
        requireCount("--jobs", jobs, BenchmarkSession.MOST_JOBS);
        return Load.of(counted)
                .withHops(hops)
                .withConsumers(consumers)
                .withJobs(jobs)
                .withReads(reads)
                .withArraysPerSecond(rate);
    }

    private List<Comparison> madeBefore(ResultsFile file, Machine machine) {
        if (!file.exists()) {
            return List.of();
        }
        Results before = file.read();
        if (!before.machine().isLike(machine)) {
            throw new UserErrorException("--json " + json + " holds results of another machine, Java or commit ("
                    + before.machine() + "): give the name of another file");
        }
        return before.comparisons();
    }

    private void requireSizes(int[] sizes, int leastDoubles) {
        int least = leastDoubles * Double.BYTES;
        for (int size : sizes) {
            require(
                    size >= least && size % Double.BYTES == 0 && size <= MOST_BYTES,
                    "--bytes=" + size + ": allowed are multiples of 8 from " + least + " to " + MOST_BYTES);
        }
    }

    private void requireCount(String option, int count, int most) {
        require(count >= 1 && count <= most, option + "=" + count + ": allowed is 1 to " + most);
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
