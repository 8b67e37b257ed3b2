package io.arrowshm.benchmark.e2e;

import io.arrowshm.benchmark.e2e.job.Load;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
            names = "--bytes",
            split = ",",
            paramLabel = "BYTES",
            description = "Sizes of arrays, multiples of 8; by default 1 KiB, 64 KiB, 1 MiB and 16 MiB.")
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

    @Option(names = "--rounds", paramLabel = "N", description = "Runs of each exchange and size; by default 5.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "That a run counts, after half of that to warm up; by default 2.")
    private @Nullable Double seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all runs, and what they ran on, to a file.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with plots.")
    private @Nullable Path html;

    @Override
    public Integer call() throws InterruptedException {
        List<Contestant> contestants = only == null ? Contestant.usual() : List.of(only);
        List<Load> loads = loads();
        int runs = rounds == null ? quick ? 3 : 5 : rounds;
        require(runs >= 1, "--rounds=" + runs + ": allowed is 1 and more");
        PrintWriter out = spec.commandLine().getOut();
        List<Comparison> results = new ArrayList<>();
        try (BenchmarkSession session = BenchmarkSession.open();
                Progress progress = new Progress((long) loads.size() * contestants.size() * (runs + 1))) {
            for (Load load : loads) {
                results.add(session.compare(contestants, load, runs, progress));
            }
        }
        Results all = new Results(Machine.here(), results);
        out.println(all.table());
        if (json != null) {
            all.write(json);
        }
        if (html != null) {
            new Page(all).write(html);
        }
        return 0;
    }

    private List<Load> loads() {
        int[] sizes = bytes != null
                ? bytes
                : quick ? new int[] {1 << 10, 1 << 20} : new int[] {1 << 10, 1 << 16, 1 << 20, 1 << 24};
        double counted = seconds == null ? quick ? 1 : 2 : seconds;
        require(counted > 0, "--seconds=" + counted + ": allowed is more than 0");
        require(
                hops >= 1 && hops <= BenchmarkSession.MOST_HOPS,
                "--hops=" + hops + ": allowed is 1 to " + BenchmarkSession.MOST_HOPS);
        require(
                consumers >= 1 && consumers <= BenchmarkSession.MOST_CONSUMERS,
                "--consumers=" + consumers + ": allowed is 1 to " + BenchmarkSession.MOST_CONSUMERS);
        Duration measured = Duration.ofNanos((long) (counted * 1e9));
        return Arrays.stream(sizes)
                .mapToObj(size -> {
                    require(
                            size >= Double.BYTES && size % Double.BYTES == 0 && size <= MOST_BYTES,
                            "--bytes=" + size + ": allowed are multiples of 8 up to " + MOST_BYTES);
                    return new Load(size / Double.BYTES, hops, consumers, reads, measured.dividedBy(2), measured);
                })
                .toList();
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
