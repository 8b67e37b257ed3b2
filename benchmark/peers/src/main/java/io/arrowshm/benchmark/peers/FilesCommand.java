package io.arrowshm.benchmark.peers;

import io.arrowshm.benchmark.report.RoundsOption;
import io.arrowshm.console.Allowed;
import io.arrowshm.console.AnswerOptions;
import io.arrowshm.console.ByteSizeConverter;
import io.arrowshm.console.OutputFiles;
import io.arrowshm.console.Progress;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line of benchmark/run files. */
@Command(
        name = "files",
        header = "Compares ways to read files into memory.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Loads files of HDF5, NPY, Parquet, Arrow and CSV into shared memory, with the loaders of this project in"
                    + " a JVM, with the command and with the Python package, and reads them into private memory with h5py,"
                    + " NumPy, pyarrow and DuckDB. Then processes start and read the first element of an array that is"
                    + " ready. All take turns, and the table shows the run in the middle.",
            ""
        })
public final class FilesCommand implements Callable<Integer> {
    private static final long USUAL_BYTES = 512 << 20;
    private static final long QUICK_BYTES = 16 << 20;
    private static final long LEAST_BYTES = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--quick", description = "3 rounds, and files of 16 MiB.")
    private boolean quick;

    @Mixin
    private final RoundsOption rounds = new RoundsOption();

    @Option(
            names = "--bytes",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Of the values in each file, an eighth of that for CSV; by default 512 MiB.")
    private @Nullable Long bytes;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "Write the tables to a file of Markdown, too: docs/results/files.md.")
    private @Nullable Path page;

    @Option(
            names = "--python",
            split = ",",
            paramLabel = "PATH",
            description = "Pythons to install with: what does not install with the first is tried with the next; by "
                    + "default python3.")
    private List<String> pythons = List.of("python3");

    @Mixin
    private final AnswerOptions answer = new AnswerOptions();

    @Option(names = "--module", hidden = true, defaultValue = "${sys:arrow-shm.peers:-benchmark/peers}")
    @SuppressWarnings("NullAway.Init")
    private Path module;

    @Override
    public Integer call() throws InterruptedException {
        answer.check();
        int counted = rounds.count(quick);
        long payload = bytes == null ? (quick ? QUICK_BYTES : USUAL_BYTES) : bytes;
        Allowed.require(spec, payload >= LEAST_BYTES, "--bytes", payload, "at least " + LEAST_BYTES);
        if (page != null) {
            OutputFiles.check("--page", page);
        }
        FilesResults results;
        try (Progress progress = new Progress("measuring", "rounds", counted + 3L)) {
            progress.running("installing and writing files");
            results = measured(payload, counted, progress);
        }
        if (page != null) {
            write(page, results.page());
        }
        answer.answer(results, results::text);
        return 0;
    }

    private FilesResults measured(long payload, int counted, Progress progress) throws InterruptedException {
        try (FilesSession session = new FilesSession(PythonFolders.of(module), pythons, payload)) {
            progress.step();
            // One more, to warm this JVM up.
            for (int round = 0; round <= counted; round++) {
                progress.running("round " + round);
                session.readAll(round > 0);
                progress.step();
            }
            progress.running("first arrays");
            session.readFirst(counted);
            progress.step();
            return session.results();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UserErrorException("--page " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
