package io.arrowshm.systemtest.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;

/**
 * A cluster that the scripts of a distribution start, with the shipped configuration but for its ports, its slots and some
 * settings. Its configuration, logs and numbers of processes are in a directory of its own.
 */
final class StockCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");

    private final Path home;
    private final Path directory;
    private final Commands commands;
    private final ClusterRest rest;

    /**
     * @param home of the distribution
     * @param directory which is made
     * @param settings lines that are added to config.yaml
     */
    StockCluster(Path home, Path directory, List<String> settings) throws IOException {
        this.home = home;
        this.directory = directory;
        for (String part : List.of("conf", "log", "pids", "printed")) {
            Files.createDirectories(directory.resolve(part));
        }
        int restPort = configure(settings);
        rest = new ClusterRest(URI.create("http://localhost:" + restPort));
        commands = commandsWith(directory.resolve("conf"));
    }

    private Commands commandsWith(Path configuration) {
        return new Commands(
                directory.resolve("printed"),
                Map.of(
                        "FLINK_CONF_DIR", configuration.toString(),
                        "FLINK_LOG_DIR", directory.resolve("log").toString(),
                        "FLINK_PID_DIR", directory.resolve("pids").toString()));
    }

    private int configure(List<String> settings) throws IOException {
        Path shipped = home.resolve("conf");
        Path own = directory.resolve("conf");
        copyFiles(shipped, own);
        Files.writeString(own.resolve("workers"), "localhost\nlocalhost\n");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket rpcPort = new ServerSocket(0, 1, loopback);
                ServerSocket restPort = new ServerSocket(0, 1, loopback)) {
            String text = Files.readString(shipped.resolve("config.yaml"))
                    .replace("port: 6123", "port: " + rpcPort.getLocalPort())
                    .replace("numberOfTaskSlots: 1", "numberOfTaskSlots: 2");
            Files.writeString(
                    own.resolve("config.yaml"),
                    text + "\nrest.port: " + restPort.getLocalPort() + "\n" + String.join("\n", settings) + "\n");
            return restPort.getLocalPort();
        }
    }

    /** The same cluster, for clients with further settings. */
    Commands clientWith(List<String> settings) throws IOException {
        Path configuration = Files.createDirectories(directory.resolve("client-conf"));
        copyFiles(directory.resolve("conf"), configuration);
        Path file = configuration.resolve("config.yaml");
        Files.writeString(file, Files.readString(file) + String.join("\n", settings) + "\n");
        return commandsWith(configuration);
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    Commands client() {
        return commands;
    }

    String script(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    void run(String script, String... arguments) throws IOException, InterruptedException {
        String[] command =
                Stream.concat(Stream.of(script(script)), Stream.of(arguments)).toArray(String[]::new);
        commands.run(command);
    }

    /** {@code flink run} and some arguments, behind which nobody waits for the job. */
    JobID submit(String... arguments) throws IOException, InterruptedException {
        return submitted(commands.finish(starting(arguments)));
    }

    /** @return {@code flink run}, which submits meanwhile */
    Commands.Started starting(String... arguments) throws IOException {
        return commands.start(Stream.concat(Stream.of(script("flink"), "run", "-d"), Stream.of(arguments))
                .toArray(String[]::new));
    }

    /** @param printed by {@code flink run} */
    static JobID submitted(String printed) {
        Matcher matcher = SUBMITTED.matcher(printed);
        assertThat(matcher.find()).as(printed).isTrue();
        return JobID.fromHexString(matcher.group(1));
    }

    void awaitTaskManagers(int number) {
        await(number + " TaskManagers", () -> rest.overview().taskManagers() == number);
    }

    void awaitState(JobID job, String state) {
        await("job " + job + " is " + state, () -> rest.job(job).state().equals(state));
    }

    /** While the job runs, or when it has ended. */
    long accumulator(JobID job, String name) {
        for (var accumulator : rest.get("/jobs/" + job + "/accumulators").at("/user-task-accumulators")) {
            if (accumulator.at("/name").asText().equals(name)) {
                return accumulator.at("/value").asLong();
            }
        }
        return 0;
    }

    int completedCheckpoints(JobID job) {
        return rest.get("/jobs/" + job + "/checkpoints").at("/counts/completed").asInt();
    }

    /** What all jobs have printed. */
    String printed() {
        return logs(".out");
    }

    String logs(String suffix) {
        try (Stream<Path> files = Files.list(directory.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .map(StockCluster::text)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of TaskManagers or JobManagers that the scripts have started, in this order; also of those that have ended. */
    List<ProcessHandle> processes(String daemon) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("pids"))) {
            return files.filter(file -> file.toString().endsWith("-" + daemon + ".pid"))
                    .flatMap(file -> text(file).lines())
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .toList();
        }
    }

    /** Of this cluster, whatever the files of the scripts say; one that nobody has waited for yet has ended. */
    boolean isRunning(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .contains("--configDir\0" + directory.resolve("conf") + "\0");
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }

    void await(String what, BooleanSupplier condition) {
        Await.until(what, PATIENCE, condition, () -> "see " + directory);
    }

    /** Stops what runs, and fails if a process does not end by it. */
    @Override
    public void close() throws IOException, InterruptedException {
        List<ProcessHandle> all =
                ProcessHandle.allProcesses().filter(this::isRunning).toList();
        try {
            run("taskmanager.sh", "stop-all");
            run("jobmanager.sh", "stop-all");
            Await.until(
                    "all processes have ended",
                    PATIENCE,
                    () -> all.stream().noneMatch(this::isRunning),
                    () -> all.stream().filter(this::isRunning).toList() + ", see " + directory);
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
