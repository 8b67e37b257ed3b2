package io.arrowshm.benchmark.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.benchmark.peers.jvm.FilesMain;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.cli.Main;
import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.cluster.SupervisedMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the same files in turn, into shared memory and into private memory. Ends with {@link #close}, or when the JVM ends;
 * then nothing of it runs, and no file and nothing in shared memory is left. One thread.
 */
final class FilesSession implements AutoCloseable {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("CLASSPATH", System.getProperty("java.class.path"), "PYTHONDONTWRITEBYTECODE", "1");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final double NANOS = 1e9;
    private static final String COMMAND = "arrow-shm load, with the start of its JVM";
    private static final String CUTE_SHM = "cute-shm";

    /** What a table takes in DuckDB's layout, and room for its blocks. */
    private static final int POOL_TIMES = 4;

    private static final long POOL_LEAST = 256 << 20;

    private final String tag = "peers-" + ProcessHandle.current().pid();
    private final Leftovers leftovers = new Leftovers(tag);
    private final Programs programs = new Programs();
    private final CloseOnExit onExit = new CloseOnExit("files-shutdown", this::closeAll);
    private final Path directory = Path.of(System.getProperty("java.io.tmpdir"), tag + "-files");
    private final Path cuteShmRoot = directory.resolve("cute-shm");
    private final String cuteShmProject = tag + "-files";
    private final PythonFolders folders;
    private final PoolOptions pool;
    private final Map<String, Long> bytes = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Double>>> seconds = new LinkedHashMap<>();
    private final Map<String, List<Double>> firsts = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();
    private final PythonEnvironments environments;
    private final Path python;

    /**
     * Installs what is needed and writes the files.
     *
     * @param payload bytes of values in each of the large ones
     * @throws PeerFailedException if the project's own package cannot be installed
     */
    FilesSession(PythonFolders folders, List<String> interpreters, long payload) throws InterruptedException {
        this.folders = folders;
        pool = PoolOptions.named(tag).withSizeBytes(POOL_TIMES * payload + POOL_LEAST);
        // Once now: what this needs, logging above all, cannot start any more when the JVM is on its way out.
        leftovers.remove();
        onExit.begin();
        boolean complete = false;
        try {
            environments = PythonEnvironments.with(folders, programs, interpreters);
            python = environments.interpreter("files");
            Files.createDirectories(directory);
            String written = programs.run(command(python, "write", directory, payload), ENVIRONMENT, LIMIT);
            bytes.putAll(parsed(written, new TypeReference<Map<String, Long>>() {}));
            complete = true;
        } catch (IOException e) {
            throw new UncheckedIOException("no files can be written to " + directory, e);
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /** Every file once in every way, in turn. */
    void readAll(boolean isCounted) throws InterruptedException {
        add(isCounted, read(inJvm(FilesMain.class, directory, tag, pool.sizeBytes())));
        for (String format : bytes.keySet()) {
            double time = loadByCommand(file(format));
            SharedMemoryPool.remove(pool);
            add(isCounted, Map.of(format, Map.of(COMMAND, List.of(time))));
        }
        add(isCounted, read(command(python, "read", directory, tag, pool.sizeBytes(), 1)));
    }

    private Map<String, Map<String, List<Double>>> read(List<String> command) throws InterruptedException {
        return parsed(programs.run(command, ENVIRONMENT, LIMIT), new TypeReference<>() {});
    }

    private void add(boolean isCounted, Map<String, Map<String, List<Double>>> found) {
        if (isCounted) {
            found.forEach((format, ways) ->
                    ways.forEach((way, times) -> seconds.computeIfAbsent(format, f -> new LinkedHashMap<>())
                            .computeIfAbsent(way, w -> new ArrayList<>())
                            .addAll(times)));
        }
    }

    private Path file(String format) {
        return FilesMain.file(directory, format);
    }

    private double loadByCommand(Path file) throws InterruptedException {
        return timed(inJvm(Main.class, "load", tag, file, "--name=run", "--size=" + pool.sizeBytes(), "--no-progress"));
    }

    private static List<String> inJvm(Class<?> main, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(FlinkJvmFlags.SHIPPED);
        command.addAll(List.of(SupervisedMain.class.getName(), main.getName()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    private double timed(List<String> command) throws InterruptedException {
        long start = System.nanoTime();
        programs.run(command, ENVIRONMENT, LIMIT);
        return (System.nanoTime() - start) / NANOS;
    }

    /**
     * Processes that start and read one element of an array that is ready, each way in turn.
     *
     * @param rounds of each
     */
    void readFirst(int rounds) throws InterruptedException {
        Path hdf5 = file("hdf5");
        Path cuteShm = cuteShm(hdf5);
        loadByCommand(hdf5);
        // One more, for the file system's cache.
        for (int round = 0; round <= rounds; round++) {
            first(round, "NumPy alone", python, "numpy");
            first(round, "arrow-shm", python, "arrow-shm", tag);
            first(round, "h5py, the whole array", python, "h5py", hdf5);
            first(round, "pickle, the whole array", python, "pickle", directory.resolve("pickle.pickle"));
            first(round, "numpy.load, mapped", python, "numpy-mmap", file("npy"));
            if (!absent.containsKey(CUTE_SHM)) {
                first(round, CUTE_SHM, cuteShm, CUTE_SHM, cuteShmProject, cuteShmRoot);
            }
        }
        SharedMemoryPool.remove(pool);
        if (!absent.containsKey(CUTE_SHM)) {
            programs.run(command(cuteShm, "cute-shm-end", cuteShmProject, cuteShmRoot), ENVIRONMENT, LIMIT);
        }
    }

    /** Its interpreter, once it has loaded the file to stay. */
    private Path cuteShm(Path hdf5) throws InterruptedException {
        try {
            Path interpreter = environments.interpreter("cute-shm-files");
            programs.run(command(interpreter, CUTE_SHM, hdf5, cuteShmProject, cuteShmRoot), ENVIRONMENT, LIMIT);
            return interpreter;
        } catch (PeerFailedException e) {
            absent.put(CUTE_SHM, String.valueOf(e.getMessage()));
            return python;
        }
    }

    private void first(int round, String name, Path interpreter, String way, Object... arguments)
            throws InterruptedException {
        Object[] all =
                Stream.concat(Stream.of("first", way), Stream.of(arguments)).toArray();
        double time = timed(command(interpreter, all));
        if (round > 0) {
            firsts.computeIfAbsent(name, n -> new ArrayList<>()).add(time);
        }
    }

    FilesResults results() {
        Map<String, Map<String, Spread>> rates = new LinkedHashMap<>();
        seconds.forEach((format, ways) ->
                ways.forEach((way, times) -> rates.computeIfAbsent(format, f -> new LinkedHashMap<>())
                        .put(
                                way,
                                Spread.of(times.stream()
                                        .map(time -> bytes.getOrDefault(format, 0L) / time / 1e9)
                                        .toList()))));
        Map<String, Spread> times = new LinkedHashMap<>();
        firsts.forEach((way, all) -> times.put(way, Spread.of(all)));
        return new FilesResults(Machine.here(Map.of()), bytes, rates, times, absent);
    }

    private static <T> T parsed(String line, TypeReference<T> type) {
        try {
            return JSON.readValue(line, type);
        } catch (JsonProcessingException e) {
            throw new PeerFailedException("it printed no line of JSON: " + line, e);
        }
    }

    private List<String> command(Path interpreter, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                interpreter.toString(), folders.programs().resolve("files.py").toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        command.add("--end-with-input");
        return command;
    }

    /** Ends what is running. Further calls do nothing. */
    @Override
    public void close() {
        onExit.close();
    }

    private void closeAll() {
        programs.close();
        leftovers.remove();
    }
}
