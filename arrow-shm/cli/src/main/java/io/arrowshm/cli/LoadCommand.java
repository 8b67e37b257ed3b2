package io.arrowshm.cli;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.ByteSizeConverter;
import io.arrowshm.console.Progress;
import io.arrowshm.console.Table;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.load.LoadPlan;
import io.arrowshm.load.LoadedDataset;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.file.Selection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code load}: files to a dataset. */
@Command(
        name = "load",
        sortOptions = false,
        header = "Loads files into a dataset, for every process to read in place.",
        description =
                "Loads files of HDF5, NetCDF-4, NPY, NPZ, IDX, Arrow, Parquet, CSV or JSON into a dataset, which appears when it is"
                        + " complete. One file is the dataset; several, a directory or a pattern are groups in it. What cannot be"
                        + " loaded is named, and the rest is. A pool that is not there is made.")
final class LoadCommand implements Runnable {
    /** Of what is loaded; the rest is for headers, and for blocks that are larger than what is in them. */
    private static final double POOL_SHARE = 0.7;

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String poolName;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FILE",
            description = "Files, directories, or patterns such as 'runs/*.h5'.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "DATASET",
            description = "Name of the dataset; by default that of the file, without what stands behind its dot.")
    private @Nullable String name;

    @Option(
            names = {"-o", "--overwrite"},
            description = "Replace a dataset of that name; readers keep what they have open.")
    private boolean overwrite;

    @Option(
            names = "--select",
            paramLabel = "PATH[SLICE]",
            description = "Load only this, as in group/array[0:100, :, 3] or table[0:1000, column]; may be repeated.")
    private List<String> selections = new ArrayList<>();

    @Option(
            names = "--sql",
            paramLabel = "SELECT",
            description = "Load what a SELECT gives, instead of files: SELECT * FROM 'day-*.parquet' WHERE price > 3.")
    private @Nullable String query;

    @Option(
            names = "--split-structures",
            description = "Make a group of an array of structures, with an array of each field.")
    private boolean splitsStructures;

    @Option(names = "--dry-run", description = "Say what would be loaded, and load nothing.")
    private boolean isDryRun;

    @Option(
            names = "--while-pid",
            paramLabel = "PID",
            description = "Wait for the end of that process, and remove the dataset then; by default it stays.")
    private @Nullable Long whileProcess;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            converter = ByteSizeConverter.class,
            description =
                    "Size of the pool, if it is not there yet; by default as large as any, or what the files need.")
    private @Nullable Long size;

    @Option(names = "--no-progress", description = "Show no progress on the terminal.")
    private boolean hidesProgress;

    /** What would be loaded. */
    record Plan(String dataset, long bytes, List<LoadPlan.Planned> segments, List<NotLoaded> notLoaded) {}

    /** What was loaded. */
    record Loaded(String name, String dataset, int segments, long bytes, double seconds, List<NotLoaded> notLoaded) {}

    @Override
    public void run() {
        common.check();
        if (files.isEmpty() == (query == null)) {
            throw new UserErrorException("name files, or a SELECT with --sql");
        }
        if (query != null && !selections.isEmpty()) {
            throw new UserErrorException("--select: a SELECT says itself what is wanted");
        }
        String dataset = name == null ? nameOf(query == null ? files.get(0) : "*") : name;
        try (LoadPlan plan = plan(dataset)) {
            if (isDryRun) {
                show(dataset, plan);
            } else {
                load(dataset, plan);
            }
        }
    }

    private LoadPlan plan(String dataset) {
        if (query != null) {
            return LoadPlan.ofQuery(query, dataset.substring(dataset.lastIndexOf('/') + 1));
        }
        LoadPlan plan = LoadPlan.of(
                files, selections.stream().map(LoadCommand::selection).toList());
        return splitsStructures ? plan.splitStructures() : plan;
    }

    static Selection selection(String text) {
        try {
            return Selection.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UserErrorException(String.valueOf(e.getMessage()), e);
        }
    }

    private String nameOf(String file) {
        String last = String.valueOf(Path.of(file).toAbsolutePath().normalize().getFileName());
        String plain = last.endsWith(".gz") ? last.substring(0, last.length() - ".gz".length()) : last;
        int dot = plain.lastIndexOf('.');
        if (files.size() > 1 || plain.contains("*")) {
            throw new UserErrorException(
                    "several files, or a SELECT, are one dataset: say what it is called, with --name");
        }
        return dot > 0 ? plain.substring(0, dot) : plain;
    }

    private void show(String dataset, LoadPlan plan) {
        common.answer(new Plan(dataset, plan.bytes(), plan.contents(), plan.notLoaded()), () -> {
            Table table = new Table().words("path").numbers("bytes").words("what");
            plan.contents().forEach(one -> table.row(one.path(), Amounts.size(one.bytes()), one.description()));
            return "would load %s as %s%n%s%s"
                    .formatted(Amounts.size(plan.bytes()), dataset, table, notLoaded(plan.notLoaded()));
        });
    }

    private void load(String dataset, LoadPlan plan) {
        ProcessHandle process = whileProcess == null ? null : process(whileProcess);
        try (SharedMemoryPool pool = SharedMemoryPool.open(pool(plan.bytes()))) {
            boolean exists = Datasets.of(pool).exists(dataset);
            if (exists && !overwrite) {
                throw new SharedMemoryException(
                        Kind.EXISTS,
                        "there is a dataset " + dataset + " in the pool " + poolName
                                + ": choose another --name, or replace it with --overwrite");
            }
            long start = System.nanoTime();
            try (LoadedDataset loaded = loaded(pool, plan)) {
                if (process == null) {
                    loaded.publishPersistent(dataset, overwrite);
                    answer(dataset, loaded, start);
                } else {
                    try (Dataset published = loaded.publishWhileOpen(dataset, overwrite)) {
                        answer(published.name(), loaded, start);
                        process.onExit().join();
                    }
                }
            }
        }
    }

    private LoadedDataset loaded(SharedMemoryPool pool, LoadPlan plan) {
        try (Progress progress = hidesProgress ? Progress.none() : Progress.ofBytes("loading", plan.bytes())) {
            return plan.load(pool, progress::stepBy);
        }
    }

    private void answer(String dataset, LoadedDataset loaded, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        common.answer(
                new Loaded(poolName, dataset, loaded.size(), loaded.bytes(), seconds, loaded.notLoaded()),
                () -> "loaded %s in %.1f s as %s: segments=%d%s"
                        .formatted(
                                Amounts.size(loaded.bytes()),
                                seconds,
                                dataset,
                                loaded.size(),
                                notLoaded(loaded.notLoaded())));
    }

    private static String notLoaded(List<NotLoaded> parts) {
        if (parts.isEmpty()) {
            return "";
        }
        Table table = new Table().words("not loaded", "reason");
        parts.forEach(part -> table.row(part.path(), part.reason()));
        return System.lineSeparator() + table;
    }

    private static ProcessHandle process(long id) {
        Optional<ProcessHandle> process = ProcessHandle.of(id);
        return process.orElseThrow(() -> new UserErrorException("--while-pid: there is no process " + id));
    }

    /** One that is not there yet is made large enough. */
    private PoolOptions pool(long bytes) {
        PoolOptions options = common.pool(poolName);
        if (size != null) {
            return options.withSizeBytes(size);
        }
        boolean isThere = PoolInspector.pools(Path.of(common.directory())).contains(poolName);
        long needed = (long) (bytes / POOL_SHARE);
        return isThere || needed <= PoolOptions.MOST_BYTES_BY_DEFAULT / 2 ? options : options.withSizeBytes(needed);
    }
}
