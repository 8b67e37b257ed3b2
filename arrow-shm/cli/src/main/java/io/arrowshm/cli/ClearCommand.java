package io.arrowshm.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code clear}: removes a pool and whatever is left of it. */
@Command(
        name = "clear",
        sortOptions = false,
        header = "Removes a pool and whatever is left of it.",
        description =
                "Removes a pool, everything in it and the leftovers of pools of its name. While processes have it open it names"
                        + " them and ends with 1, unless --force is given.")
final class ClearCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Option(
            names = "--force",
            description =
                    "Remove it even while processes have it open: they keep what they have mapped, and fail when they"
                            + " want more.")
    private boolean force;

    @Override
    public void run() {
        Removal.remove(common, pool, force);
    }
}
