package io.arrowshm.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that is on command, such as {@link PoolProcess}, and its pipes. */
public final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    private Child(Process process) {
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
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
        command.addAll(
                List.of(javaOf(Path.of(System.getProperty("java.home"))), "-Xshare:auto", "-XX:TieredStopAtLevel=1"));
        command.addAll(flags());
        command.addAll(flags);
        return start(command, classPath(), ProcessBuilder.Redirect.INHERIT, main, arguments);
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

    /** The next line, null once the process is dead. */
    public String read() throws IOException {
        return out.readLine();
    }

    public void write(String line) {
        in.println(line);
    }

    public String ask(String line) throws IOException {
        write(line);
        return read();
    }

    /** Its status, once it has ended. */
    public int exitStatus() throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
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

    /** Ends its input, after which it exits by itself; the exit status. */
    public int end() throws InterruptedException {
        in.close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + process.pid() + " does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not die");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        out.close();
    }
}
