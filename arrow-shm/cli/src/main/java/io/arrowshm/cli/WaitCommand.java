package io.arrowshm.cli;

import io.arrowshm.console.Allowed;
import io.arrowshm.console.Console;
import io.arrowshm.dataset.DatasetEvent;
import io.arrowshm.dataset.DatasetWatch;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.PoolInspector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wait}: until a dataset is there. */
@Command(
        name = "wait",
        sortOptions = false,
        header = "Waits until a dataset is there.",
        description =
                "Waits until there is a dataset of the name, and ends with 0; with 1 if there is none within the time. Without a"
                        + " time it waits until Ctrl-C, or until the pool is removed.")
final class WaitCommand implements Callable<Integer> {
    private static final double LONGEST_SECONDS = 1e9;
    private static final double MILLISECONDS = 1e3;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Parameters(index = "1", paramLabel = "DATASET", description = "Name of the dataset.")
    @SuppressWarnings("NullAway.Init")
    private String dataset;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Wait at most so many seconds.")
    private @Nullable Double timeoutSeconds;

    /** What is printed. */
    record Waited(String name, boolean there, @Nullable DatasetSnapshot dataset) {}

    @Override
    public Integer call() throws InterruptedException {
        double seconds = timeoutSeconds == null ? LONGEST_SECONDS : timeoutSeconds;
        Allowed.require(
                spec,
                seconds >= 0 && seconds <= LONGEST_SECONDS,
                "--timeout",
                seconds,
                "0 to " + (long) LONGEST_SECONDS);
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
            Optional<DatasetSnapshot> found = await(inspector, Duration.ofMillis((long) (seconds * MILLISECONDS)));
            common.answer(
                    new Waited(pool, found.isPresent(), found.orElse(null)),
                    () -> found.map(one -> Listings.datasets(List.of(one), true).toString())
                            .orElse("there is no dataset " + dataset + " within " + seconds + " s"));
            return found.isPresent() ? 0 : Console.EXIT_FAILURE;
        }
    }

    private Optional<DatasetSnapshot> await(PoolInspector inspector, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (DatasetWatch watch = inspector.watch(dataset)) {
            // A damaged one is told of by no event.
            Optional<DatasetSnapshot> found = look(inspector);
            for (long left = timeout.toNanos(); found.isEmpty() && left > 0; left = deadline - System.nanoTime()) {
                Optional<DatasetEvent> event = watch.next(Duration.ofNanos(left));
                found = event.isEmpty() ? found : look(inspector);
            }
            return found;
        }
    }

    private Optional<DatasetSnapshot> look(PoolInspector inspector) {
        try {
            return Optional.of(inspector.dataset(dataset));
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.ABSENT) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
