package io.arrowshm.jobs;

import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import io.arrowshm.console.Shutdown;
import io.arrowshm.jobs.images.ImagesCommand;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one example on a cluster and a pool of its own. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class ExampleCommand implements Callable<Integer> {
    private final Example example;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--keep", description = "Keep the pool and the logs.")
    private boolean keep;

    private ExampleCommand(Example example) {
        this.example = example;
    }

    static CommandSpec of(Example example) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new ExampleCommand(example));
        spec.usageMessage().description(example.summary());
        return spec;
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (ExampleSession session = new ExampleSession(example, keep)) {
            try {
                out.println("Starting 1 JobManager and " + Example.PARALLELISM + " TaskManager processes ...");
                example.run(session.start(), session.pool().options().name());
            } catch (Exception failure) {
                if (ImagesCommand.FAILURES.userError(failure).isPresent() || Shutdown.causedFailure()) {
                    throw failure;
                }
                spec.commandLine()
                        .getErr()
                        .println("failed: %s (logs: %s)".formatted(Failures.reason(failure), session.keepLogs()));
                return Console.EXIT_FAILURE;
            }
            if (keep) {
                out.println("pool: " + session.pool().kept());
                out.println("logs: " + session.keepLogs());
            }
            return 0;
        }
    }
}
