package io.arrowshm.interop;

import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rust's cargo, for the crate. Without it tests are skipped, with CI=true they fail. */
final class Cargo {
    static final Path CRATE = PythonPackage.arrowShm().resolve("rust");
    private static final Path TARGET = PythonPackage.arrowShm().resolve("interop/target/cargo");
    private static final String OLDEST = "1.88";

    /** Those of tests: the same everywhere, so that the crate is built once. */
    static final String FEATURES = "arrow-shm/processes,arrow-shm/faults";

    private Cargo() {}

    /** What cargo prints, with colours off; a command that fails makes the test fail. */
    static String run(String... arguments) throws IOException, InterruptedException {
        require();
        List<String> command = new ArrayList<>(List.of("cargo"));
        command.addAll(List.of(arguments));
        return Tool.run(CRATE, environment(), command);
    }

    static void require() throws IOException, InterruptedException {
        Tool.require(
                "there is no cargo: install Rust " + OLDEST + " or later, by rustup or your distribution",
                List.of("cargo", "--version"));
    }

    /** The participant on command, built. */
    static Path participant() throws IOException, InterruptedException {
        run("build", "--locked", "--quiet", "--features", FEATURES, "--bin", "participant");
        Path participant = targetDirectory().resolve("debug/participant");
        if (!Files.isExecutable(participant)) {
            throw new AssertionError("cargo has not built " + participant);
        }
        return participant;
    }

    /** For cargo, and for whatever runs it. */
    static Map<String, String> environment() {
        return Map.of("CARGO_TARGET_DIR", targetDirectory().toString(), "CARGO_TERM_COLOR", "never");
    }

    /** Where cargo builds: what the user says, so that several clones share what they have built. */
    static Path targetDirectory() {
        String chosen = System.getenv("CARGO_TARGET_DIR");
        return chosen == null || chosen.isEmpty() ? TARGET : Path.of(chosen).toAbsolutePath();
    }
}
