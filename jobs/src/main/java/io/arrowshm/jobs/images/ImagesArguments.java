package io.arrowshm.jobs.images;

import io.arrowshm.console.Allowed;
import io.arrowshm.console.ByteSizeConverter;
import io.arrowshm.console.OutputFiles;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.jobs.images.job.Exchange;
import io.arrowshm.jobs.images.job.ImagesPlan;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of the images command, as they were given, and what is allowed. */
final class ImagesArguments {
    private static final int MOST_TASK_MANAGERS = 64;
    private static final int MOST_WORKERS = 128;
    private static final int MOST_BATCH_IMAGES = 100_000;
    private static final long MOST_PASSES = 10_000_000;
    private static final int MOST_SLOW_MS = 60_000;

    @Option(
            names = "--exchange",
            paramLabel = "shm|flink|drop-in",
            description = "How batches travel: by reference through shared memory (default), as Flink sends them, or"
                    + " that same job with its arrays in shared memory.")
    private Exchange.@Nullable Kind exchange;

    @Option(names = "--compare", description = "Run shm and flink in turn, three times each, and print the ratio.")
    boolean compare;

    @Option(
            names = "--data",
            paramLabel = "DIRECTORY",
            description = "Fashion-MNIST's four files (train and t10k, images and labels). Without it, the bundled"
                    + " 10,000 images: 8,000 to train, 2,000 to test.")
    private @Nullable Path data;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "TaskManager processes (default ${DEFAULT-VALUE}): one for the source, the others for workers.")
    int taskManagers;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Workers (default ${DEFAULT-VALUE}).")
    int parallelism;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "100",
            description = "Images of a batch (default ${DEFAULT-VALUE}); 1338 are about 1 MiB.")
    private int batch;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Send the input so many times (default ${DEFAULT-VALUE}).")
    private long repeat;

    @Option(
            names = "--reads",
            paramLabel = "first|all",
            defaultValue = "all",
            description =
                    "What workers read: all (default), or the first image of each batch and no arithmetic, to measure"
                            + " the exchange.")
    private ImagesPlan.Reads reads = ImagesPlan.Reads.ALL;

    @Option(
            names = "--pool-size",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Most shared memory to use, for example 256MiB.")
    private @Nullable Long poolSize;

    @Option(
            names = "--slow-ms",
            paramLabel = "N",
            defaultValue = "0",
            description = "Sleep of a worker over every batch, milliseconds (default ${DEFAULT-VALUE}).")
    private int slowMs;

    @Option(
            names = "--means",
            paramLabel = "FILE",
            defaultValue = "class-means.png",
            description = "Where the class means go, as PNG (default ${DEFAULT-VALUE}).")
    Path means = Path.of("class-means.png");

    @Option(
            names = "--dump-first",
            paramLabel = "FILE",
            description = "Copy the first sealed segment, an Arrow IPC file, to FILE.")
    private @Nullable Path dumpFirst;

    @Option(names = "--keep", description = "Keep the pool and the logs, and print where they are.")
    boolean keep;

    /**
     * Refuses what is out of range, and output files that cannot be written.
     *
     * @throws ParameterException with one line for the user
     * @throws io.arrowshm.console.UserErrorException with one line for the user
     */
    void check(CommandSpec command) {
        Allowed.between(command, "--task-managers", taskManagers, 1, MOST_TASK_MANAGERS);
        Allowed.between(command, "--parallelism", parallelism, 1, MOST_WORKERS);
        Allowed.between(command, "--batch", batch, 1, MOST_BATCH_IMAGES);
        Allowed.between(command, "--repeat", repeat, 1, MOST_PASSES);
        Allowed.between(command, "--slow-ms", slowMs, 0, MOST_SLOW_MS);
        if (poolSize != null) {
            Allowed.between(command, "--pool-size", poolSize, 1, Long.MAX_VALUE);
        }
        if (compare && exchange != null) {
            throw new ParameterException(command.commandLine(), "--compare runs shm and flink: leave --exchange out");
        }
        if (dumpFirst != null && exchange != null && exchange != Exchange.Kind.SHM) {
            throw new ParameterException(
                    command.commandLine(), "--dump-first needs segments: use it with --exchange shm");
        }
        OutputFiles.check("--means", means);
        if (dumpFirst != null) {
            OutputFiles.check("--dump-first", dumpFirst);
        }
    }

    /**
     * What to do; reads the files to their ends.
     *
     * @throws io.arrowshm.load.file.UnreadableFileException if a file is not as it must be
     */
    ImagesPlan plan() {
        ImageSet images = data == null ? ImageSet.bundled() : ImageSet.in(data.toAbsolutePath());
        return new ImagesPlan(images, parallelism, batch, repeat, reads, slowMs);
    }

    /** The exchanges to run, one or two. */
    List<Exchange.Kind> exchanges() {
        if (compare) {
            return List.of(Exchange.Kind.SHM, Exchange.Kind.FLINK);
        }
        return List.of(exchange == null ? Exchange.Kind.SHM : exchange);
    }

    Exchange.Options exchangeOptions(ImagesPlan plan) {
        return new Exchange.Options(plan.trainBatches().images(0), poolSize, dumpFirst, keep);
    }
}
