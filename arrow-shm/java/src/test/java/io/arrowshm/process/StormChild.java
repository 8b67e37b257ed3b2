package io.arrowshm.process;

import io.arrowshm.testing.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A {@link StormProcess} as its parent sees it: answers are waited for with a deadline, its errors go to a file. */
final class StormChild implements AutoCloseable {
    private static final String ENDED = "ENDED";

    private final Child child;
    private final Path log;

    private StormChild(Child child, Path log) {
        this.child = child;
        this.log = log;
    }

    /** @param number of this start, for the name of the log */
    static StormChild start(
            String pool, Path directory, int processes, int index, long number, long seed, int mostHeld, boolean adopts)
            throws IOException {
        Path log = directory.resolve("worker-" + index + "-" + number + ".log");
        List<String> command = new ArrayList<>(Child.command());
        command.add("-XX:ErrorFile=" + directory.resolve("hs_err_%p.log"));
        Child child = Child.start(
                command,
                Child.classData().classPath(),
                ProcessBuilder.Redirect.to(log.toFile()),
                StormProcess.class,
                pool,
                directory.toString(),
                Integer.toString(processes),
                Integer.toString(index),
                Long.toString(seed),
                Integer.toString(mostHeld),
                Boolean.toString(adopts));
        return new StormChild(child, log);
    }

    long pid() {
        return child.pid();
    }

    Path log() {
        return log;
    }

    void write(String command) {
        child.write(command);
    }

    /** The next answer, which must begin so. */
    String await(String beginning) throws IOException {
        String answer = Objects.requireNonNullElse(child.read(), ENDED);
        if (!answer.startsWith(beginning)) {
            throw new AssertionError(
                    "process " + pid() + " was to answer " + beginning + "; it answered " + answer + ", see " + log);
        }
        return answer;
    }

    void signal(String signal) throws IOException, InterruptedException {
        child.signal(signal);
    }

    /** SIGKILL; returns when it is dead. */
    @Override
    public void close() throws IOException {
        child.close();
    }
}
