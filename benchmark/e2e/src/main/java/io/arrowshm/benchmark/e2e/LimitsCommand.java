package io.arrowshm.benchmark.e2e;

import io.arrowshm.benchmark.e2e.limits.Limits;
import io.arrowshm.benchmark.e2e.limits.LimitsRound;
import io.arrowshm.benchmark.e2e.limits.LimitsSession;
import io.arrowshm.benchmark.e2e.report.JsonFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the machine and Flink can do at best. */
@Command(
        name = "limits",
        header = "Measures what the machine and Flink can do at best.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Measures what no exchange can beat on this machine: copies of memory, loopback TCP, cache lines between two "
                    + "processes; and how many records of 24 bytes Flink passes, and references this project. Everything "
                    + "takes turns, and the table shows the round in the middle.",
            ""
        })
final class LimitsCommand implements Callable<Integer> {
    private record Results(Machine machine, Limits limits) {}

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--quick", description = "3 short rounds instead of 5: a minute.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all runs, and what they ran on, to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws InterruptedException {
        int rounds = quick ? 3 : 5;
        Duration time = Duration.ofMillis(quick ? 100 : 500);
        long records = quick ? 1_500_000 : 6_000_000;
        List<LimitsRound> measured = new ArrayList<>();
        try (LimitsSession session = LimitsSession.open(time, records);
                Progress progress = new Progress(rounds + 1)) {
            // One more, to warm the JVMs up.
            for (int round = 0; round <= rounds; round++) {
                progress.running("round " + round);
                LimitsRound found = session.measure();
                if (round > 0) {
                    measured.add(found);
                }
                progress.done();
            }
        }
        Results results = new Results(Machine.here(Map.of()), Limits.of(measured));
        PrintWriter out = spec.commandLine().getOut();
        out.println(results.limits().table());
        out.println(results.machine().text());
        if (json != null) {
            JsonFile.write(json, results);
        }
        return 0;
    }
}
