package io.arrowshm.benchmark.peers.jvm;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.load.LoadPlan;
import io.arrowshm.load.LoadedDataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A JVM that loads files into shared memory: {@code FilesMain DIRECTORY POOL BYTES}. It first loads small ones, to be warm.
 * Prints the seconds of each file, by format and by way, as one line of JSON.
 */
public final class FilesMain {
    private static final String NEW = "arrow-shm in a JVM";
    private static final String USED = NEW + ", memory used before";
    private static final String DATASET = "run";
    private static final int WARM_UP = 20;

    private FilesMain() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        PoolOptions options = PoolOptions.named(arguments[1]).withSizeBytes(Long.parseLong(arguments[2]));
        Map<String, Map<String, List<Double>>> seconds = new LinkedHashMap<>();
        for (String format : List.of("hdf5", "hdf5-gzip", "npy", "parquet", "arrow", "csv")) {
            warmUp(options, file(directory.resolve("small"), format));
            seconds.put(format, loaded(options, file(directory, format)));
        }
        System.out.println(new ObjectMapper().writeValueAsString(seconds));
    }

    /** The file of a format in a folder of them. */
    public static Path file(Path directory, String format) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(format + "."))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void warmUp(PoolOptions options, Path small) {
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            for (int i = 0; i < WARM_UP; i++) {
                load(pool, small);
            }
        }
        SharedMemoryPool.remove(options);
    }

    /** Into a new pool, and once more into the memory that it has then. */
    private static Map<String, List<Double>> loaded(PoolOptions options, Path file) {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            seconds.put(NEW, List.of(load(pool, file)));
            seconds.put(USED, List.of(load(pool, file)));
        }
        SharedMemoryPool.remove(options);
        return seconds;
    }

    private static double load(SharedMemoryPool pool, Path file) {
        long start = System.nanoTime();
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of());
                LoadedDataset loaded = plan.load(pool, moved -> {})) {
            loaded.publishPersistent(DATASET, false);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Datasets.of(pool).delete(DATASET);
        return seconds;
    }
}
