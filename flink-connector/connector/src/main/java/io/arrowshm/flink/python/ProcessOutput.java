package io.arrowshm.flink.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts what a process prints into the log, and knows its last lines. Any thread. */
final class ProcessOutput {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessOutput.class);
    private static final int LINES = 20;

    private final String name;
    private final Thread reader;
    private final Deque<String> last = new ArrayDeque<>();

    private ProcessOutput(String name, Process process) {
        this.name = name;
        reader = new Thread(() -> read(process), "arrow-shm-python-output-" + process.pid());
        reader.setDaemon(true);
    }

    static ProcessOutput of(String name, Process process) {
        ProcessOutput output = new ProcessOutput(name, process);
        output.reader.start();
        return output;
    }

    /** The last lines of a process that has ended; empty if it has said nothing. */
    String last() throws InterruptedException {
        // A child of that process may have its output open for ever.
        reader.join(TimeUnit.SECONDS.toMillis(1));
        synchronized (last) {
            return last.isEmpty() ? "" : "; it said last:\n" + String.join("\n", last);
        }
    }

    private void read(Process process) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                LOG.info("{}, process {}: {}", name, process.pid(), line);
                add(line);
            }
        } catch (IOException e) {
            LOG.debug("The output of process {} has ended", process.pid(), e);
        }
    }

    private void add(String line) {
        synchronized (last) {
            if (last.size() == LINES) {
                last.removeFirst();
            }
            last.add(line);
        }
    }
}
