package io.arrowshm.process;

import io.arrowshm.testing.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link StormProcess} as its parent sees it: answers are waited for with a deadline, its errors go to a file. */
final class StormChild implements AutoCloseable {
    private static final String ENDED = "ENDED";
    // Longer than any wait in the code under test, all after the other.
    private static final int PATIENCE_SECONDS = 60;

    private final Child child;
    private final Path log;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private StormChild(Child child, Path log) {
        this.child = child;
        this.log = log;
        Thread reader = new Thread(this::read, "answers of " + child.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** @param number of this start, for the name of the log */
    static StormChild start(
            String pool, Path directory, int processes, int index, long number, long seed, int mostHeld, boolean adopts)
            throws IOException {
        Path log = directory.resolve("worker-" + index + "-" + number + ".log");
        List<String> command = new java.util.ArrayList<>(List.of(
                Child.javaOf(Path.of(System.getProperty("java.home"))),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + directory.resolve("hs_err_%p.log")));
        command.addAll(Child.flags());
        Child child = Child.start(
                command,
                Child.classPath(),
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
    String await(String beginning) throws InterruptedException {
        String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith(beginning)) {
            throw new AssertionError("process " + pid() + " was to answer " + beginning + " within " + PATIENCE_SECONDS
                    + " s; it answered " + answer + ", see " + log);
        }
        return answer;
    }

    /** Whether it has said something although it was not asked: that it failed. */
    boolean hasSpoken() {
        return !answers.isEmpty();
    }

    void signal(String signal) throws IOException, InterruptedException {
        child.signal(signal);
    }

    /** SIGKILL; returns when it is dead. */
    @Override
    public void close() throws IOException {
        child.close();
    }

    private void read() {
        try {
            for (String line = child.read(); line != null; line = child.read()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // Closed while it was read: it is dead.
        }
        answers.add(ENDED);
    }
}
