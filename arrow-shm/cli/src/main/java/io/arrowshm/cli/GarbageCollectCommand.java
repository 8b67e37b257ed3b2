package io.arrowshm.cli;

import io.arrowshm.console.Amounts;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.Reclaimed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gc}: takes back what the dead have left. */
@Command(
        name = "gc",
        sortOptions = false,
        header = "Takes back what the dead have left in a pool.",
        description =
                "Takes back what dead processes and ended attempts have left, with the datasets that were to end with them; puts"
                        + " names right that a process was killed while changing; removes the files of processes that were killed"
                        + " while they made a slab or the pool. Living participants do the same ten times a second; nothing is"
                        + " taken from them, stopped or not.")
final class GarbageCollectCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Override
    public void run() {
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
            Reclaimed reclaimed = inspector.reclaim();
            common.answer(reclaimed, () -> text(reclaimed));
        }
    }

    private static String text(Reclaimed reclaimed) {
        String done = "reclaimed %d segments (%s) of %d dead participants, %d ended epochs and %d datasets%n"
                        .formatted(
                                reclaimed.segments(),
                                Amounts.size(reclaimed.bytes()),
                                reclaimed.participants(),
                                reclaimed.epochs(),
                                reclaimed.datasets())
                + "removed %d unlisted slab files and %d directories of killed builders"
                        .formatted(reclaimed.slabFiles(), reclaimed.leftovers());
        String notRepaired = reclaimed.namesNotRepaired();
        return notRepaired == null ? done : done + "\nnames were not repaired: " + notRepaired;
    }
}
