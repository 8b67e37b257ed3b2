package io.arrowshm.jobs;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.cluster.JavaCommand;
import io.arrowshm.jobs.images.job.ImagesCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command as jobs/run starts it from a shell: a JVM in a process group of its own, without a terminal, with
 * shared memory and temporary files that nobody else uses. One thread.
 */
public final class CommandProcess implements AutoCloseable {
    static final long TIMEOUT_MINUTES = 3;

    private final Path directory;
    private final Path sharedMemory;
    private final Process process;

    private CommandProcess(Path directory, Path sharedMemory, Process process) {
        this.directory = directory;
        this.sharedMemory = sharedMemory;
        this.process = process;
    }

    /** Starts the images command. */
    public static CommandProcess start(Path directory, Path sharedMemory, List<String> arguments) throws IOException {
        return startJob(directory, sharedMemory, "images", arguments);
    }

    /**
     * @param directory empty or absent; the working directory
     * @param sharedMemory where the pool goes
     */
    public static CommandProcess startJob(Path directory, Path sharedMemory, String job, List<String> arguments)
            throws IOException {
        Files.createDirectories(directory.resolve("tmp"));
        List<String> jvmArguments = new ArrayList<>(FlinkJvmFlags.inThisEnvironment());
        jvmArguments.add("-Djdk.console=java.base");
        jvmArguments.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        List<String> all = new ArrayList<>(List.of(job));
        all.addAll(arguments);
        ProcessBuilder builder = JavaCommand.of(jvmArguments, Main.class, all)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        // A shell gives a job in the background an ignored SIGINT, which it would hand down to the JVM.
        builder.command().addAll(0, List.of("env", "--default-signal=INT", "setsid"));
        builder.environment().put("ARROW_SHM_DIR", sharedMemory.toString());
        return new CommandProcess(directory, sharedMemory, builder.start());
    }

    /** A new directory in /dev/shm. */
    public static Path newSharedMemory() throws IOException {
        return Files.createTempDirectory(Path.of("/dev/shm"), "arrow-shm-it-");
    }

    /** Deletes a tree, if it is there. */
    public static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    public String out() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    public String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The processes of the cluster, as far as they were started and live. */
    public List<ProcessHandle> children() {
        return process.descendants().filter(ProcessHandle::isAlive).toList();
    }

    /** A signal to the process and all that it has started, as a terminal sends it. */
    public void signalGroup(String signal) throws IOException, InterruptedException {
        kill(signal, "-" + process.pid());
    }

    /** A signal to the command alone. */
    public void signal(String signal) throws IOException, InterruptedException {
        kill(signal, Long.toString(process.pid()));
    }

    /** Waits for the end, and returns the exit status. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
            throw new AssertionError("the command does not end: " + this);
        }
        return process.exitValue();
    }

    /** Waits until no process that works in the directory is left. */
    public void awaitNoProcess() {
        Await.until(
                "no process is left of " + directory,
                ImagesCluster.TIMEOUT,
                () -> commandLinesWith(directory.toString()).isEmpty(),
                () -> commandLinesWith(directory.toString()).toString());
    }

    /** The files of pools. */
    public List<Path> sharedFiles() throws IOException {
        return list(sharedMemory);
    }

    /** What lies in the temporary directory. */
    public List<Path> temporaryFiles() throws IOException {
        return list(directory.resolve("tmp"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (process.isAlive()) {
            signalGroup("KILL");
            awaitExit();
        }
        awaitNoProcess();
    }

    @Override
    public String toString() {
        try {
            return "pid=" + process.pid() + ", alive=" + isAlive() + ", out=" + out() + ", err=" + err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void kill(String signal, String target) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, "--", target)
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + signal + " " + target + " ended with " + status);
        }
    }

    private static List<String> commandLinesWith(String text) {
        return ProcessHandle.allProcesses()
                .map(handle -> Path.of("/proc", Long.toString(handle.pid()), "cmdline"))
                .map(CommandProcess::read)
                .filter(line -> line.contains(text))
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
