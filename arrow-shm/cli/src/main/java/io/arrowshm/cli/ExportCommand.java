package io.arrowshm.cli;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.OutputFiles;
import io.arrowshm.console.Progress;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.load.Export;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: what is in a dataset to a file. */
@Command(
        name = "export",
        sortOptions = false,
        header = "Writes an array, a table or a group to a file.",
        description = "Writes an array, a table, or the arrays of a group to a file, whose name says the format: "
                + Export.FORMATS + ".")
final class ExportCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String poolName;

    @Parameters(
            index = "1",
            paramLabel = "DATASET[/PATH]",
            description = "Name of the dataset, and a path in it; without one all of it.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    @Parameters(index = "2", paramLabel = "FILE", description = "The file.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = {"-o", "--overwrite"},
            description = "Replace a file of that name.")
    private boolean overwrite;

    @Option(names = "--no-progress", description = "Show no progress on the terminal.")
    private boolean hidesProgress;

    private static long bytes(DatasetPath source) {
        return source.dataset().info().segmentsWithin(source.path()).stream()
                .mapToLong(SegmentInfo::bytes)
                .sum();
    }

    /** What was written. */
    record Exported(String name, String dataset, String path, String file, long bytes) {}

    @Override
    public void run() {
        common.check();
        OutputFiles.check("FILE", file);
        if (!overwrite && Files.exists(file)) {
            throw new UserErrorException(file + " is there: choose another name, or replace it with --overwrite");
        }
        try (SharedMemoryPool pool = common.openExisting(poolName);
                DatasetPath source = DatasetPath.open(pool, what)) {
            AtomicLong bytes = new AtomicLong();
            try (Progress progress = hidesProgress ? Progress.none() : Progress.ofBytes("exporting", bytes(source))) {
                Export.write(source.dataset(), source.path(), file, more -> {
                    bytes.addAndGet(more);
                    progress.stepBy(more);
                });
            }
            common.answer(
                    new Exported(poolName, source.dataset().name(), source.path(), file.toString(), bytes.get()),
                    () -> "wrote %s of %s to %s".formatted(Amounts.size(bytes.get()), what, file));
        }
    }
}
