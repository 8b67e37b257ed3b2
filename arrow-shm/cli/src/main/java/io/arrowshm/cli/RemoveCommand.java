package io.arrowshm.cli;

import io.arrowshm.inspect.PoolInspector;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code rm}: removes datasets, or a pool that nobody has open. */
@Command(
        name = "rm",
        sortOptions = false,
        header = "Removes datasets, or a pool that no process has open.",
        description =
                "Removes datasets of a pool; a process that reads one keeps it until it closes it. If one of them is not there,"
                        + " none is removed. Without datasets it removes the whole pool, which no process may have open.")
final class RemoveCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Parameters(index = "1..*", paramLabel = "DATASET", description = "Names of datasets, damaged ones too.")
    private List<String> datasets = new ArrayList<>();

    /** What is printed. */
    record Removed(String name, List<String> datasets) {}

    @Override
    public void run() {
        if (datasets.isEmpty()) {
            Removal.remove(common, pool, false);
        } else {
            List<String> names = datasets.stream().distinct().toList();
            try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
                inspector.removeDatasets(names);
            }
            common.answer(new Removed(pool, names), () -> "removed " + String.join(", ", names));
        }
    }
}
