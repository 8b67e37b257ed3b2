package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Child;
import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The package in arrow-shm/python, built and installed into a virtual environment under target. Without Python, or without
 * what builds the crate, tests are skipped, with CI=true they fail.
 */
public final class PythonPackage {
    private static final Path ARROW_SHM = arrowShm();
    static final Path SOURCES = ARROW_SHM.resolve("python");

    private static final List<String> NEEDED = List.of(
            "pyarrow==26.0.1",
            "numpy==2.4.6",
            "cloudpickle==3.1.3",
            "polars==2.1.0",
            "pandas==3.1.1",
            "duckdb==2.0.1",
            "xarray==2026.9.0",
            "h5py==3.16.0",
            "netCDF4==1.7.5.1.post1",
            "zarr==3.1.6",
            "anyio==4.16.0",
            "psutil==7.2.2",
            "pytest==8.4.2",
            "mypy==2.4.1");

    private final Path interpreter;

    private PythonPackage(Path interpreter) {
        this.interpreter = interpreter;
    }

    /** The same for all modules, so that it is made and built once. */
    public static PythonPackage install() throws IOException, InterruptedException {
        PythonPackage made = environment();
        Cargo.require();
        // Built as the crate's own tests are, which takes less time than what is released.
        made.run(
                Path.of("."),
                List.of(
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--no-deps",
                        "--force-reinstall",
                        "--config-settings=build-args=--profile=dev",
                        SOURCES.toString()));
        return made;
    }

    /** The virtual environment alone, with what others have written. */
    static PythonPackage environment() throws IOException, InterruptedException {
        Tool.requirePython();
        Path environment = ARROW_SHM.resolve("interop/target/python");
        Path complete = environment.resolve("complete");
        PythonPackage made = new PythonPackage(environment.resolve("bin/python"));
        if (!Files.exists(complete) || !Files.readString(complete).equals(NEEDED.toString())) {
            Tool.run(Path.of("."), Map.of(), List.of("python3", "-m", "venv", "--clear", environment.toString()));
            List<String> packages = new ArrayList<>(List.of("-m", "pip", "install", "--quiet", "--only-binary=:all:"));
            packages.addAll(NEEDED);
            made.run(Path.of("."), packages);
            Files.writeString(complete, NEEDED.toString());
        }
        return made;
    }

    /** The program. */
    public Path interpreter() {
        return interpreter;
    }

    /** What Python prints; a program that fails makes the test fail. */
    String run(Path directory, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), "-B"));
        command.addAll(arguments);
        return Tool.run(directory, Cargo.environment(), command);
    }

    /** Starts a script that lies beside the tests. */
    Child start(String script, Path directory, String... arguments) throws IOException {
        Path copy = directory.resolve(script);
        // Never while another one that starts reads it.
        if (!Files.exists(copy)) {
            try (InputStream bytes = PythonPackage.class.getResourceAsStream(script)) {
                assertThat(bytes).as(script).isNotNull();
                Files.write(copy, bytes.readAllBytes());
            }
        }
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), "-B", copy.toString()));
        command.addAll(List.of(arguments));
        return Child.of(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The folder of that name above the module whose tests run. */
    static Path arrowShm() {
        Path module = Path.of("").toAbsolutePath();
        for (Path above = module; above != null; above = above.getParent()) {
            if (Files.isDirectory(above.resolve("arrow-shm/rust"))) {
                return above.resolve("arrow-shm");
            }
        }
        throw new AssertionError("there is no arrow-shm/rust above " + module);
    }
}
