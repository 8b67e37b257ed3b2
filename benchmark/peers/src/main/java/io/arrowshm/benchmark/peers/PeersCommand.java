package io.arrowshm.benchmark.peers;

import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.RoundsOption;
import io.arrowshm.console.Allowed;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of benchmark/run peers. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Compares two JVMs of this project with other ways to hand arrays to a worker process that runs already,"
                    + " adds one to every element, and gives them back: one large array, and 2,000 of 8 KiB each. The"
                    + " others are Python programs; what they need is installed on the first use, and one that does not"
                    + " install is listed with the reason. All take turns, and the table shows the run in the middle.",
            ""
        })
public final class PeersCommand implements Callable<Integer> {
    private static final int LARGE_DOUBLES = 20_000_000;
    private static final int SMALL_ARRAYS = 2_000;
    private static final int HAND_OVERS = 5;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--quick", description = "3 rounds, and less time to warm up.")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "CONTESTANT",
            converter = PeerNames.class,
            completionCandidates = PeerNames.class,
            description = "Some of ${COMPLETION-CANDIDATES}; by default all.")
    private @Nullable List<Peer> only;

    @Mixin
    private final RoundsOption rounds = new RoundsOption();

    @Option(names = "--doubles", paramLabel = "N", description = "Elements of the large array; by default 20000000.")
    private int doubles = LARGE_DOUBLES;

    @Option(names = "--arrays", paramLabel = "N", description = "Small arrays; by default 2000.")
    private int arrays = SMALL_ARRAYS;

    @Option(
            names = "--python",
            split = ",",
            paramLabel = "PATH",
            description = "Pythons to install with: what does not install with the first is tried with the next; by "
                    + "default python3.")
    private List<String> pythons = List.of("python3");

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Option(names = "--module", hidden = true, defaultValue = "${sys:arrow-shm.peers:-benchmark/peers}")
    @SuppressWarnings("NullAway.Init")
    private Path module;

    @Override
    public Integer call() throws InterruptedException {
        answer.check();
        List<Peer> peers = only == null ? Peer.all() : only;
        int runs = rounds.count(quick);
        Allowed.atLeast(spec, "--doubles", doubles, 1);
        Allowed.atLeast(spec, "--arrays", arrays, 1);
        Task task = new Task(doubles, arrays, HAND_OVERS, quick ? 0.2 : 2);
        PeerComparison comparison;
        try (PeersSession session = new PeersSession(PythonFolders.of(module), pythons, task);
                Progress progress = new Progress("measuring", "runs", peers.size() * (runs + 1L))) {
            comparison = session.compare(peers, runs, what -> {
                progress.running(what);
                progress.step();
            });
        }
        Machine machine = Machine.here(Map.of());
        answer.answer(comparison.results(machine), () -> comparison.text() + "\n" + machine.text());
        return 0;
    }
}
