package io.arrowshm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Python with pyarrow, NumPy and polars, in a virtual environment that is made once for each list of packages, under target.
 * Without {@code python3} tests are skipped, with CI=true they fail.
 */
public final class Python {
    private static final List<String> PACKAGES = List.of("pyarrow==22.0.0", "numpy==2.3.5", "polars==2.1.0");
    private static final int NOT_STARTED = 127;
    private static final int MINUTES = 4;

    private final Path interpreter;

    private Python(Path interpreter) {
        this.interpreter = interpreter;
    }

    public static Python find() throws IOException, InterruptedException {
        Path environment = Path.of(
                        "target", "python", String.join("-", PACKAGES).replace("==", "-"))
                .toAbsolutePath();
        Path interpreter = environment.resolve("bin/python");
        Path complete = environment.resolve("complete");
        Files.createDirectories(environment.getParent());
        // Processes that run tests side by side make it once.
        try (FileChannel lock = FileChannel.open(
                environment.resolveSibling("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            if (!Files.exists(complete)) {
                make(environment, interpreter);
                Files.createFile(complete);
            }
        }
        return new Python(interpreter);
    }

    private static void make(Path environment, Path interpreter) throws IOException, InterruptedException {
        require("python3 with venv", run(List.of("python3", "-m", "venv", "--clear", environment.toString())));
        List<String> install = new ArrayList<>(
                List.of(interpreter.toString(), "-m", "pip", "install", "--quiet", "--only-binary=:all:"));
        install.addAll(PACKAGES);
        require(PACKAGES.toString(), run(install));
    }

    /**
     * Runs a script that lies beside a class, and returns what it printed; a script that fails makes the test fail.
     *
     * @param directory for a copy of the script
     */
    public String run(Class<?> beside, String script, Path directory, Object... arguments)
            throws IOException, InterruptedException {
        Run run = run(command(beside, script, directory, arguments));
        assertThat(run.status()).as(run.output()).isZero();
        return run.output();
    }

    /** Runs a script where it lies, with the modules beside it; a script that fails makes the test fail. */
    public void run(Path script, Object... arguments) throws IOException, InterruptedException {
        Run run = run(inPlace(script, arguments));
        assertThat(run.status()).as(run.output()).isZero();
    }

    /** Starts a script that lies beside a class, whose pipes are the child's. */
    public Child start(Class<?> beside, String script, Path directory, Object... arguments) throws IOException {
        return Child.of(new ProcessBuilder(command(beside, script, directory, arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private List<String> command(Class<?> beside, String script, Path directory, Object... arguments)
            throws IOException {
        Path copy = directory.resolve(script);
        if (!Files.exists(copy)) {
            try (InputStream bytes = beside.getResourceAsStream(script)) {
                assertThat(bytes).as(script).isNotNull();
                Files.write(copy, bytes.readAllBytes());
            }
        }
        return inPlace(copy, arguments);
    }

    private List<String> inPlace(Path script, Object... arguments) {
        // -B: nothing is written beside modules that lie among the sources.
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), "-B", script.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    private static void require(String what, Run run) {
        if (run.status() != 0) {
            String why = "no " + what + ": " + run.output();
            if ("true".equals(System.getenv("CI"))) {
                fail("with CI=true this must not be skipped: " + why);
            }
            abort(why);
        }
    }

    private record Run(int status, String output) {}

    private static Run run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("python", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
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
