package io.arrowshm.cli;

import io.arrowshm.console.Amounts;
import io.arrowshm.dataset.DatasetEvent;
import io.arrowshm.dataset.DatasetWatch;
import io.arrowshm.inspect.PoolInspector;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code watch}: what happens to datasets, as it happens. */
@Command(
        name = "watch",
        sortOptions = false,
        header = "Tells what happens to datasets of a pool, as it happens.",
        description =
                "Prints a line for each dataset that is published, overwritten, renamed or removed, until Ctrl-C, beginning with"
                        + " those that are there; with --json, an object a line. Who reads slower than others publish is told of"
                        + " the latest state.")
final class WatchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Parameters(
            index = "1",
            paramLabel = "PATTERN",
            arity = "0..1",
            defaultValue = "**",
            description = "Which datasets, by default all. " + NamePattern.DESCRIPTION)
    private String pattern = "";

    /** What is printed; the time is in milliseconds since 1970. */
    record Event(
            long atMs, String kind, String name, @Nullable String oldName, long id, long revision) {
        static Event of(DatasetEvent event) {
            return new Event(
                    System.currentTimeMillis(),
                    event.kind().name().toLowerCase(Locale.ROOT),
                    event.name(),
                    event.oldName(),
                    event.id(),
                    event.revision());
        }

        String line() {
            String what = oldName == null ? name : oldName + " to " + name;
            return Amounts.time(atMs) + "  " + kind + "  " + what + "  (id " + id + ", revision " + revision + ")";
        }
    }

    /** Ends by Ctrl-C, which ends the JVM with 130, when the pool is removed, or when nobody reads any more. */
    @Override
    public Integer call() throws InterruptedException {
        Predicate<String> isMeant = NamePattern.of(pattern);
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool));
                DatasetWatch watch = inspector.watch("")) {
            while (!spec.commandLine().getOut().checkError()) {
                DatasetEvent event = watch.next();
                String oldName = event.oldName();
                if (isMeant.test(event.name()) || (oldName != null && isMeant.test(oldName))) {
                    Event printed = Event.of(event);
                    common.answer(printed, printed::line);
                }
            }
        }
        return 0;
    }
}
