package io.arrowshm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.ClassData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The arrow-shm command as a process of its own. */
final class ShmCommand implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 120;
    private static final int POLL_MS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static @Nullable ClassData classData;

    private final Process process;
    private final BufferedReader out;
    private final Path err;

    private ShmCommand(Process process, Path err) {
        this.process = process;
        this.err = err;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** What a command that has ended said. */
    record Result(int status, String out, String err) {
        JsonNode json() throws IOException {
            return JSON.readTree(out);
        }
    }

    static ShmCommand start(String... arguments) throws IOException {
        return start(List.of(), classData().flags(), classData().classPath(), arguments);
    }

    private static ShmCommand start(List<String> wrapper, List<String> flags, String classPath, String... arguments)
            throws IOException {
        // A shell gives a job in the background an ignored SIGINT, which it would hand down to the JVM.
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                "env",
                "--default-signal=INT",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djdk.console=java.base"));
        command.addAll(flags);
        command.addAll(Child.flags());
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Of the command on a pool that somebody has open. */
    private static synchronized ClassData classData() throws IOException {
        if (classData == null) {
            PoolOptions poolOptions =
                    PoolOptions.named("command-data-" + ProcessHandle.current().pid());
            try (Child child = Child.start(poolOptions.name())) {
                child.read();
                child.ask("hold 1");
                classData = ClassData.of(Main.class, List.of(), "who", poolOptions.name(), "--json");
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            } finally {
                SharedMemoryPool.remove(poolOptions);
            }
        }
        return classData;
    }

    /** Any command. */
    static ShmCommand start(List<String> command) throws IOException {
        Path err = Files.createTempFile("arrow-shm-err", null);
        return new ShmCommand(
                new ProcessBuilder(command).redirectError(err.toFile()).start(), err);
    }

    static Result run(String... arguments) throws IOException, InterruptedException {
        return run(start(arguments));
    }

    /** Runs behind another command, with a class path of its own. */
    static Result run(List<String> wrapper, String classPath, String... arguments)
            throws IOException, InterruptedException {
        return run(start(wrapper, List.of("-Xshare:auto"), classPath, arguments));
    }

    static Result run(ShmCommand started) throws IOException, InterruptedException {
        try (ShmCommand command = started) {
            StringBuilder out = new StringBuilder();
            for (String line = command.read(); line != null; line = command.read()) {
                out.append(line).append('\n');
            }
            int status = command.awaitExit();
            return new Result(status, out.toString(), command.err());
        }
    }

    /** Runs with --json; the command is to succeed. */
    static JsonNode json(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Result result = run(all.toArray(new String[0]));
        if (result.status() != 0) {
            throw new AssertionError(String.join(" ", all) + ": " + result);
        }
        return result.json();
    }

    static JsonNode parse(String line) throws IOException {
        return JSON.readTree(line);
    }

    /** The next line, null at the end. */
    String read() throws IOException {
        return out.readLine();
    }

    /** As if the process that it is piped to had ended. */
    void stopReading() throws IOException {
        out.close();
    }

    /** Waits until it has said something on standard error. */
    void awaitErr(String what) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!err().contains(what)) {
            if (System.nanoTime() - deadline > 0 || process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("does not say: " + what + ", but: " + err());
            }
        }
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the command does not end within " + TIMEOUT_SECONDS + " s");
        }
        return process.exitValue();
    }

    void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
        Files.deleteIfExists(err);
    }
}
