package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.limits.Limits;
import io.arrowshm.benchmark.flink.limits.LimitsRound;
import io.arrowshm.benchmark.flink.limits.LimitsSession;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.RoundsOption;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(names = "--quick", description = "3 short rounds instead of 5: a minute.")
    private boolean quick;

    @Mixin
    private final RoundsOption rounds = new RoundsOption();

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Override
    public Integer call() throws InterruptedException {
        answer.check();
        int counted = rounds.count(quick);
        Duration time = Duration.ofMillis(quick ? 100 : 500);
        long records = quick ? 1_500_000 : 6_000_000;
        List<LimitsRound> measured = new ArrayList<>();
        try (LimitsSession session = LimitsSession.open(time, records);
                Progress progress = new Progress("measuring", "runs", counted + 1L)) {
            // One more, to warm the JVMs up.
            for (int round = 0; round <= counted; round++) {
                progress.running("round " + round);
                LimitsRound found = session.measure();
                if (round > 0) {
                    measured.add(found);
                }
                progress.step();
            }
        }
        Results results = new Results(Machine.here(Map.of()), Limits.of(measured));
        answer.answer(
                results,
                () -> results.limits().table() + "\n" + results.machine().text());
        return 0;
    }
}
