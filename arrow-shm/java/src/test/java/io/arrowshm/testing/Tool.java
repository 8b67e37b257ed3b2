package io.arrowshm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs of other languages that tests run, such as Python and Rust's cargo. Nothing that they do takes minutes. */
public final class Tool {
    private static final int NOT_STARTED = 127;
    private static final int MINUTES = 4;

    private Tool() {}

    /**
     * Skips the test if a command fails, or with CI=true fails it.
     *
     * @param missing what is not there then, and what to do about it
     */
    public static void require(String missing, List<String> command) throws IOException, InterruptedException {
        Run run = start(Path.of("."), Map.of(), command);
        if (run.status() != 0) {
            String why = missing + ": " + run.output();
            if ("true".equals(System.getenv("CI"))) {
                fail("with CI=true this must not be skipped: " + why);
            }
            abort("skipped: " + why);
        }
    }

    /** Skips the test, or with CI=true fails it, if there is no Python that our package runs on. */
    public static void requirePython() throws IOException, InterruptedException {
        require(
                "there is no python3 of version 3.10 or later with venv: install python3 and python3-venv",
                List.of("python3", "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"));
    }

    /**
     * What a command prints; one that fails makes the test fail.
     *
     * @param environment beside that of this process
     */
    public static String run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Run run = start(directory, environment, command);
        assertThat(run.status()).as("%s: %s", command, run.output()).isZero();
        return run.output();
    }

    private record Run(int status, String output) {}

    private static Run start(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                return new Run(NOT_STARTED, "no end after " + MINUTES + " minutes: " + Files.readString(output));
            }
            return new Run(process.exitValue(), Files.readString(output));
        } catch (IOException cannotStart) {
            return new Run(NOT_STARTED, cannotStart.toString());
        } finally {
            Files.delete(output);
        }
    }
}
