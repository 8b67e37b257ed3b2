package io.arrowshm.jobs.images;

import io.arrowshm.cluster.SerializedFailures;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import io.arrowshm.console.Progress;
import io.arrowshm.console.Shutdown;
import io.arrowshm.jobs.images.classifier.ContactSheet;
import io.arrowshm.jobs.images.job.Exchange;
import io.arrowshm.jobs.images.job.ImagesPlan;
import io.arrowshm.jobs.images.job.ImagesResult;
import io.arrowshm.load.file.UnreadableFileException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The images command: checks what it was given, runs the jobs, and tells the results. */
@Command(
        name = "images",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains and tests a nearest-class-mean classifier on Fashion-MNIST. A source in one TaskManager process",
            "sends batches of images to workers in another one."
        })
public final class ImagesCommand implements Callable<Integer> {
    /** What the user has to change may have been found in a task, or in a file. */
    public static final Failures FAILURES =
            Failures.of(SerializedFailures::original, List.of(UnreadableFileException.class));

    private static final int ROUNDS = 3;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final ImagesArguments arguments = new ImagesArguments();

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    @Override
    public Integer call() {
        arguments.check(spec);
        answers.check();
        ImagesPlan plan = arguments.plan();
        PrintWriter out = answers.forPeople();
        try (ImagesSession session = new ImagesSession(arguments.keep)) {
            try {
                runAndTell(session, plan, out);
                return 0;
            } catch (RuntimeException failure) {
                if (FAILURES.userError(failure).isPresent() || Shutdown.causedFailure()) {
                    throw failure;
                }
                spec.commandLine()
                        .getErr()
                        .println("failed: %s (logs: %s)".formatted(Failures.reason(failure), session.keepLogs()));
                return Console.EXIT_FAILURE;
            }
        }
    }

    private void runAndTell(ImagesSession session, ImagesPlan plan, PrintWriter out) {
        List<Exchange> exchanges = new ArrayList<>();
        for (Exchange.Kind kind : arguments.exchanges()) {
            exchanges.add(session.open(kind, arguments.exchangeOptions(plan)));
        }
        out.println("Starting 1 JobManager and " + arguments.taskManagers + " TaskManager processes ...");
        out.flush();
        session.startCluster(arguments.taskManagers, arguments.parallelism);
        out.println("Flink's web UI: " + session.webUi());
        Comparison comparison = null;
        ImagesResult first;
        if (arguments.compare) {
            comparison = compare(session, exchanges, plan);
            first = comparison.firstMedian();
        } else {
            first = run(session, exchanges.get(0), plan, exchanges.get(0).name());
        }
        session.close();
        tell(first, comparison, session.leftovers(), out);
        if (arguments.keep) {
            exchanges.stream()
                    .map(Exchange::kept)
                    .filter(Objects::nonNull)
                    .forEach(pool -> out.println("pool: " + pool));
            out.println("logs: " + session.keepLogs());
        }
    }

    private static Comparison compare(ImagesSession session, List<Exchange> exchanges, ImagesPlan plan) {
        List<ImagesResult> first = new ArrayList<>();
        List<ImagesResult> second = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            String suffix = " %d/%d".formatted(round, ROUNDS);
            first.add(run(session, exchanges.get(0), plan, exchanges.get(0).name() + suffix));
            second.add(run(session, exchanges.get(1), plan, exchanges.get(1).name() + suffix));
        }
        return new Comparison(first, second);
    }

    private static ImagesResult run(ImagesSession session, Exchange exchange, ImagesPlan plan, String name) {
        try (Progress progress = new Progress(name, "batches", plan.batches())) {
            return session.run(exchange, plan, progress::stepTo);
        }
    }

    private void tell(
            ImagesResult first, @Nullable Comparison comparison, ImagesSession.Leftovers left, PrintWriter out) {
        int taskManagers = arguments.taskManagers;
        answers.answer(
                comparison == null
                        ? Report.json(first, taskManagers, left)
                        : Report.json(comparison, taskManagers, left),
                () -> comparison == null ? Report.text(first) : Report.text(comparison));
        ImagesResult.Answer answer = first.answer();
        if (answer != null) {
            ContactSheet.write(answer.means(), arguments.means);
            out.println("class means: " + arguments.means.toAbsolutePath());
        }
        if (left.segments() + left.processes() > 0) {
            throw new IllegalStateException("left behind: " + left);
        }
    }
}
