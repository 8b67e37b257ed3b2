package io.arrowshm.jobs;

import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.Console;
import io.arrowshm.jobs.session.OwnPool;
import io.arrowshm.map.ProcessOptions;
import io.arrowshm.map.Shm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs one example of a parallel map in a context and a pool of its own. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class MapExampleCommand implements Callable<Integer> {
    private static final int MOST_WORKERS = 64;

    private final MapExample example;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--context",
            description = "Where kernels run: ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.",
            defaultValue = "processes")
    @SuppressWarnings("NullAway.Init")
    private Context context;

    @Option(
            names = "--workers",
            description = "How many workers there are; by default ${DEFAULT-VALUE}.",
            defaultValue = "2")
    private int workers;

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    private MapExampleCommand(MapExample example) {
        this.example = example;
    }

    static CommandSpec of(MapExample example) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new MapExampleCommand(example));
        spec.usageMessage().description(example.summary());
        return spec;
    }

    /** Named as users type them. */
    enum Context {
        serial,
        threads,
        processes
    }

    @Override
    public Integer call() throws Exception {
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new ParameterException(
                    spec.commandLine(), "--workers=" + workers + ": allowed is 1 to " + MOST_WORKERS);
        }
        answers.check();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("context", context.toString());
        try (Session session = new Session()) {
            Shm shm = session.start();
            figures.put("workers", shm.workers());
            figures.putAll(example.program().run(shm));
        }
        answers.answer(
                figures,
                () -> figures.entrySet().stream()
                        .filter(figure -> !figure.getKey().equals("cpu"))
                        .map(figure -> figure.getKey() + ": " + figure.getValue())
                        .collect(Collectors.joining("\n")));
        return Boolean.TRUE.equals(figures.get("identical")) ? 0 : Console.EXIT_FAILURE;
    }

    /** The pool and the context, which end together: when this is closed, or when this JVM is asked to stop. */
    private final class Session implements AutoCloseable {
        private final CloseOnExit session = new CloseOnExit("map-example-shutdown", this::stop);
        private boolean closed;
        private @Nullable OwnPool pool;
        private @Nullable Shm shm;

        Session() {
            session.begin();
        }

        synchronized Shm start() {
            if (closed) {
                throw new IllegalStateException("stopped");
            }
            OwnPool own = OwnPool.open(example.name(), null, false, trial -> {});
            pool = own;
            if (context == Context.processes) {
                answers.forPeople().println("Starting " + workers + " worker processes ...");
                answers.forPeople().flush();
            }
            Shm opened = switch (context) {
                case serial -> Shm.serial(own.options());
                case threads -> Shm.threads(own.options(), workers);
                case processes -> Shm.processes(ProcessOptions.of(own.options(), workers));
            };
            shm = opened;
            return opened;
        }

        @Override
        public void close() {
            session.close();
        }

        private synchronized void stop() {
            closed = true;
            if (shm != null) {
                shm.close();
            }
            if (pool != null) {
                pool.close();
            }
        }
    }
}
