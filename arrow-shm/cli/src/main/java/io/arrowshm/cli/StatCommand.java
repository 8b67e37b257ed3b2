package io.arrowshm.cli;

import io.arrowshm.SizeClassStatistics;
import io.arrowshm.console.Allowed;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.Table;
import io.arrowshm.console.Terminal;
import io.arrowshm.inspect.EpochSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.RefusedFile;
import io.arrowshm.inspect.Totals;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stat}: what a pool's bytes are used for, once or again and again. */
@Command(
        name = "stat",
        sortOptions = false,
        header = "Tells what the bytes of a pool are used for.",
        description =
                "Tells what the blocks of a pool are used for, together and by size. Free blocks have memory that nobody owns,"
                        + " unbacked ones have none; taken is what the files of the blocks really take. Fragmentation is the share"
                        + " of the blocks of sealed segments that these do not fill. Files of other runtimes that could not be"
                        + " adopted are listed, too.")
final class StatCommand implements Runnable {
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
    private static final double LONGEST_WATCH_SECONDS = 86_400;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            description =
                    "Look again every so many seconds, until Ctrl-C; a line each time where there is no terminal.")
    private @Nullable Double watchSeconds;

    /** What is printed; times are milliseconds since 1970. */
    record Statistics(
            String name,
            String directory,
            long atMs,
            @Nullable String fileSystemProblem,
            Totals totals,
            double fragmentation,
            List<SizeClassStatistics> sizeClasses,
            List<EpochSnapshot> epochs,
            List<RefusedFile> refused) {}

    @Override
    public void run() {
        Double seconds = watchSeconds;
        if (seconds != null) {
            Allowed.require(
                    spec,
                    seconds > 0 && seconds <= LONGEST_WATCH_SECONDS,
                    "--watch",
                    seconds,
                    "more than 0 and up to " + LONGEST_WATCH_SECONDS);
        }
        try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
            if (seconds == null) {
                PoolSnapshot snapshot = inspector.snapshot();
                common.answer(statistics(snapshot), () -> table(snapshot));
            } else {
                watch(inspector, seconds);
            }
        }
    }

    /** Ends by Ctrl-C, which ends the JVM with 130, or when the pool is removed. */
    private void watch(PoolInspector inspector, double seconds) {
        boolean redraws = Terminal.isThere();
        // Until nobody reads any more what it prints, too.
        while (!Thread.currentThread().isInterrupted()
                && !spec.commandLine().getOut().checkError()) {
            PoolSnapshot snapshot = inspector.snapshot();
            if (redraws && !common.printsJson()) {
                spec.commandLine().getOut().print(CLEAR_SCREEN);
            }
            common.answer(statistics(snapshot), () -> redraws ? table(snapshot) : line(snapshot.totals()));
            try {
                TimeUnit.NANOSECONDS.sleep((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Statistics statistics(PoolSnapshot snapshot) {
        return new Statistics(
                snapshot.name(),
                snapshot.directory(),
                System.currentTimeMillis(),
                snapshot.fileSystemProblem(),
                snapshot.totals(),
                snapshot.fragmentation(),
                snapshot.sizeClasses(),
                snapshot.epochs(),
                snapshot.refused());
    }

    private static String table(PoolSnapshot snapshot) {
        Totals totals = snapshot.totals();
        Table bytes = new Table().words("pool " + snapshot.name()).numbers("");
        bytes.row("size", Amounts.size(totals.sizeBytes()));
        bytes.row("not taken", Amounts.size(totals.unbackedBytes()));
        bytes.row("free", Amounts.size(totals.freeBytes()));
        bytes.row("building", Amounts.size(totals.buildingBytes()));
        bytes.row("sealed", Amounts.size(totals.sealedBytes()));
        bytes.row("mutable", Amounts.size(totals.mutableBytes()));
        bytes.row("orphan", Amounts.size(totals.orphanBytes()));
        bytes.row("in flight", Amounts.size(totals.inFlightBytes()));
        bytes.row("held", Amounts.size(totals.heldBytes()));
        bytes.row("fragmentation", Amounts.percent(snapshot.fragmentation()));
        bytes.row("segments", totals.segments());
        bytes.row("participants", totals.participantsAlive());
        bytes.row("epochs", totals.epochs());
        Table classes =
                new Table().numbers("block", "blocks", "bytes", "in use", "free", "unbacked", "taken", "fragmentation");
        for (SizeClassStatistics sizeClass : snapshot.sizeClasses()) {
            classes.row(
                    Amounts.size(sizeClass.blockBytes()),
                    sizeClass.blocks(),
                    Amounts.size(sizeClass.blocks() * sizeClass.blockBytes()),
                    Amounts.size(sizeClass.bytesInUse()),
                    Amounts.size(sizeClass.free() * sizeClass.blockBytes()),
                    Amounts.size(sizeClass.unbacked() * sizeClass.blockBytes()),
                    Amounts.size(sizeClass.bytesBacked()),
                    Amounts.percent(SizeClassStatistics.fragmentation(List.of(sizeClass))));
        }
        String problem = snapshot.fileSystemProblem();
        return bytes
                + (classes.isEmpty() ? "" : "\n\n" + classes)
                + (snapshot.refused().isEmpty() ? "" : "\n\n" + Listings.refused(snapshot.refused()))
                + (problem == null ? "" : "\n\nWarning: " + problem);
    }

    private static String line(Totals totals) {
        return String.join(
                "  ",
                Amounts.time(System.currentTimeMillis()),
                "free " + Amounts.size(totals.sizeBytes() - totals.usedBytes()),
                "building " + Amounts.size(totals.buildingBytes()),
                "sealed " + Amounts.size(totals.sealedBytes()),
                "in flight " + Amounts.size(totals.inFlightBytes()),
                "held " + Amounts.size(totals.heldBytes()),
                "segments " + totals.segments(),
                "participants " + totals.participantsAlive());
    }
}
