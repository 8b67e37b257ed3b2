package io.arrowshm.benchmark.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs, one at a time. Their standard input stays open and unwritten: one that finds it ended puts its things in
 * order and ends. After {@link #close}, which another thread may call, none runs and none starts.
 */
final class Programs implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(8);

    private @Nullable Process running;
    private boolean closed;

    /**
     * The standard output of a program that has ended well.
     *
     * @throws PeerFailedException if it has not, with the last line that it wrote about that
     */
    String run(List<String> command, Map<String, String> environment, Duration limit) throws InterruptedException {
        Path out = temporaryFile();
        Path err = temporaryFile();
        try {
            Process process = start(command, environment, out, err);
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new PeerFailedException("it did not end within " + limit.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new PeerFailedException(lastLine(text(err) + text(out), process.exitValue()));
            }
            return text(out);
        } finally {
            end();
            delete(out);
            delete(err);
        }
    }

    /** Ends what is running, with all its children. */
    @Override
    public synchronized void close() {
        closed = true;
        end();
    }

    private synchronized Process start(List<String> command, Map<String, String> environment, Path out, Path err) {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        try {
            running = builder.start();
            return running;
        } catch (IOException e) {
            throw new PeerFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private synchronized void end() {
        Process process = running;
        running = null;
        if (process == null || !process.isAlive()) {
            return;
        }
        List<ProcessHandle> descendants = process.descendants().toList();
        boolean interrupted = Thread.interrupted();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Stream.concat(descendants.stream(), process.descendants()).forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Builders of packages print much; what went wrong is said in the last line that says "error". */
    private static String lastLine(String text, int status) {
        List<String> lines =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.stream()
                .filter(line -> line.startsWith("ERROR:") || line.startsWith("error:"))
                .reduce((earlier, later) -> later)
                .or(() -> lines.stream().reduce((earlier, later) -> later))
                .orElse("exit status " + status);
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("peers", null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
