package io.arrowshm.testing;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that is on command, such as {@link PoolProcess}, and its pipes. */
public final class Child implements AutoCloseable {
    private static @Nullable ClassData classData;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    // So that a process that says more than its parent asks for waits, as it would with a pipe alone.
    private static final int MOST_LINES = 100;

    private final Process process;
    private final PrintStream in;
    /** What it has said and nobody has read; nothing stands for the end. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>(MOST_LINES);

    private Child(Process process) {
        this.process = process;
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::readLines, "lines of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void readLines() {
        try {
            readUntilClosed();
            lines.put(Optional.empty());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void readUntilClosed() throws InterruptedException {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.put(Optional.of(line));
            }
        } catch (IOException e) {
            // It was killed while it was read.
        }
    }

    /** @param process that has just been started */
    public static Child of(Process process) {
        return new Child(process);
    }

    public static Child start(String pool) throws IOException {
        return start(List.of(), List.of(), PoolProcess.class, pool);
    }

    /**
     * Starts a JVM like this one.
     *
     * @param wrapper words of a command that runs the command behind it
     * @param flags of the JVM
     */
    public static Child start(List<String> wrapper, List<String> flags, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(command());
        command.addAll(flags);
        return start(command, classData().classPath(), ProcessBuilder.Redirect.INHERIT, main, arguments);
    }

    /** A Java like this one and its flags, for a process that is to start quickly, with the class path of {@link #classData}. */
    public static List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                javaOf(Path.of(System.getProperty("java.home"))),
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + Path.of("target").toAbsolutePath().resolve("hs_err_%p.log")));
        command.addAll(classData().flags());
        command.addAll(flags());
        return command;
    }

    /** Of a {@link PoolProcess} that does a little of everything. */
    public static synchronized ClassData classData() throws IOException {
        if (classData == null) {
            PoolOptions poolOptions =
                    PoolOptions.named("class-data-" + ProcessHandle.current().pid());
            try {
                classData = ClassData.of(
                        PoolProcess.class,
                        List.of("hold 1", "build", "send 2", "lend 3", "array <i8 10", "name d 4"),
                        poolOptions.name());
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            } finally {
                SharedMemoryPool.remove(poolOptions);
            }
        }
        return classData;
    }

    /**
     * Starts a main class by a command that ends with the flags of a JVM.
     *
     * @param errors where its standard error goes
     */
    public static Child start(
            List<String> command, String classPath, ProcessBuilder.Redirect errors, Class<?> main, String... arguments)
            throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-cp", classPath, main.getName()));
        whole.addAll(List.of(arguments));
        return new Child(new ProcessBuilder(whole).redirectError(errors).start());
    }

    public static String javaOf(Path home) {
        return home.resolve("bin/java").toString();
    }

    /** What this JVM was given of Flink's shipped flags: all of them. */
    public static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .toList();
    }

    public static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The next line, which is waited for with a deadline; null once the process is dead. */
    public @Nullable String read() throws InterruptedIOException {
        try {
            Optional<String> line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("process " + process.pid() + " says nothing within " + PATIENCE);
            }
            if (line.isEmpty()) {
                lines.put(line);
            }
            return line.orElse(null);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    public void write(String line) {
        in.println(line);
    }

    public @Nullable String ask(String line) throws IOException {
        write(line);
        return read();
    }

    /** Its status, once it has ended. */
    public int exitStatus() throws IOException {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns without waiting. */
    public void kill() {
        process.destroyForcibly();
    }

    public void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** SIGSTOP; returns once it stands still. */
    public void stop() throws IOException, InterruptedException {
        signal("STOP");
        awaitStopped();
    }

    /** Returns once a signal has stopped it. */
    public void awaitStopped() {
        Await.until("process " + process.pid() + " is stopped", this::isStopped);
    }

    /** After a stop. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private boolean isStopped() {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its input, after which it exits by itself; the exit status. */
    public int end() throws InterruptedException {
        in.close();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + process.pid() + " does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not die");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
