package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.recovery.Heartbeats;
import io.arrowshm.benchmark.flink.recovery.Kill;
import io.arrowshm.benchmark.flink.recovery.Recovery;
import io.arrowshm.benchmark.flink.recovery.RecoverySession;
import io.arrowshm.benchmark.flink.recovery.Traffic;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.console.Allowed;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a job needs after a SIGKILL. */
@Command(
        name = "recovery",
        header = "Measures how long memory and job need after a SIGKILL.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Kills TaskManagers with SIGKILL while a job moves arrays of 1 MiB between two of them, starts new ones at once, and "
                    + "measures how long it takes until what the killed one held is given back, until what was in flight "
                    + "is, and until the job runs again; for references, and for Flink's default in turn.",
            ""
        })
final class RecoveryCommand implements Callable<Integer> {
    private record Results(Machine machine, Recovery recovery) {}

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Of each side of each exchange, with each kind of heartbeats; by default 5.")
    private int kills = 5;

    @Option(
            names = "--heartbeats",
            split = ",",
            paramLabel = "flink|short",
            description =
                    "How often the JobManager looks whether a TaskManager is there: as Flink is shipped, every 10 s, "
                            + "or every 200 ms; by default both, one after the other.")
    private Heartbeats[] heartbeats = Heartbeats.values();

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Override
    public Integer call() throws InterruptedException {
        Allowed.atLeast(spec, "--kills", kills, 1);
        answer.check();
        List<Kill> measured = new ArrayList<>();
        try (Progress progress =
                new Progress("measuring", "runs", (long) heartbeats.length * Traffic.values().length * kills)) {
            for (Heartbeats every : heartbeats) {
                try (RecoverySession session = RecoverySession.open(every)) {
                    for (int kill = 0; kill < kills; kill++) {
                        for (Traffic traffic : Traffic.values()) {
                            progress.running(traffic.text() + ", heartbeats " + every.text());
                            measured.addAll(session.killBoth(traffic));
                            progress.step();
                        }
                    }
                }
            }
        }
        Results results = new Results(Machine.here(Map.of()), Recovery.of(measured));
        answer.answer(
                results,
                () -> results.recovery().table() + "\n" + results.machine().text());
        return 0;
    }
}
