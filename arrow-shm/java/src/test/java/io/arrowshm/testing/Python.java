package io.arrowshm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Python with pyarrow, NumPy and polars, in a virtual environment that is made once for each list of packages, under target.
 * Without {@code python3} tests are skipped, with CI=true they fail.
 */
public final class Python {
    private static final List<String> PACKAGES = List.of("pyarrow==22.0.0", "numpy==2.3.5", "polars==2.1.0");
    private static final Path HERE = Path.of(".");

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
        Tool.require("no python3 with venv", List.of("python3", "-m", "venv", "--clear", environment.toString()));
        List<String> install = new ArrayList<>(
                List.of(interpreter.toString(), "-m", "pip", "install", "--quiet", "--only-binary=:all:"));
        install.addAll(PACKAGES);
        Tool.require("no " + PACKAGES, install);
    }

    /**
     * Runs a script that lies beside a class, and returns what it printed; a script that fails makes the test fail.
     *
     * @param directory for a copy of the script
     */
    public String run(Class<?> beside, String script, Path directory, Object... arguments)
            throws IOException, InterruptedException {
        return Tool.run(HERE, Map.of(), command(beside, script, directory, arguments));
    }

    /** Runs a script where it lies, with the modules beside it; a script that fails makes the test fail. */
    public void run(Path script, Object... arguments) throws IOException, InterruptedException {
        Tool.run(HERE, Map.of(), inPlace(script, arguments));
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
}
