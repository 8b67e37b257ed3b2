package io.arrowshm.cli;

import io.arrowshm.inspect.PoolInspector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mv}: gives a dataset another name. */
@Command(
        name = "mv",
        sortOptions = false,
        header = "Gives a dataset another name.",
        description = "Gives a dataset of a pool another name, for all processes at once. Those that read it keep it.")
final class MoveCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Parameters(index = "1", paramLabel = "OLD", description = "Name of the dataset.")
    @SuppressWarnings("NullAway.Init")
    private String oldName;

    @Parameters(index = "2", paramLabel = "NEW", description = "Its name from now on.")
    @SuppressWarnings("NullAway.Init")
    private String newName;

    @Option(names = "--overwrite", description = "Rename even if there is a dataset of the new name, which is removed.")
    private boolean overwrite;

    /** What is printed. */
    record Moved(String name, String from, String to) {}

    @Override
    public void run() {
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
            inspector.renameDataset(oldName, newName, overwrite);
        }
        common.answer(new Moved(pool, oldName, newName), () -> "renamed " + oldName + " to " + newName);
    }
}
