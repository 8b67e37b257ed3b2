package io.arrowshm.interop;

import io.arrowshm.testing.Child;
import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Node, for the package in arrow-shm/js, which is copied to target and installed there with what its types and tables need.
 * Without Node and npm tests are skipped, with CI=true they fail.
 */
final class NpmPackage {
    static final Path SOURCES = Path.of("../js").toAbsolutePath().normalize();

    static final Path INSTALLED = Path.of("target", "npm").toAbsolutePath();
    private static final String EXCHANGE = "exchange.mjs";

    private NpmPackage() {}

    static NpmPackage install() throws IOException, InterruptedException {
        requireNode();
        Tool.require("there is no npm: install it beside Node", List.of("npm", "--version"));
        Files.createDirectories(INSTALLED);
        Path lock = SOURCES.resolve("package-lock.json");
        Path complete = INSTALLED.resolve("complete");
        List<String> copied =
                List.of("cp", "-r", "package.json", "package-lock.json", "src", "test", INSTALLED.toString());
        Tool.run(SOURCES, Map.of(), copied);
        if (!Files.exists(complete) || Files.mismatch(lock, complete) >= 0) {
            Tool.run(INSTALLED, Map.of(), List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
            Files.copy(lock, complete, StandardCopyOption.REPLACE_EXISTING);
        }
        try (InputStream script = NpmPackage.class.getResourceAsStream(EXCHANGE)) {
            Files.write(
                    INSTALLED.resolve(EXCHANGE), Objects.requireNonNull(script).readAllBytes());
        }
        return new NpmPackage();
    }

    static void requireNode() throws IOException, InterruptedException {
        Tool.require(
                "there is no node of version 20 or later: install Node",
                List.of("node", "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)"));
    }

    /** What the package's own tests print, where its sources are. */
    static String testInPlace() throws IOException, InterruptedException {
        requireNode();
        return Tool.run(SOURCES, Map.of(), List.of("sh", "-c", "node --test test/*.test.js"));
    }

    /** What a command of npm prints, in the installed copy; one that fails makes the test fail. */
    String npm(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("npm"));
        command.addAll(List.of(arguments));
        return Tool.run(INSTALLED, Map.of(), command);
    }

    Child start(String pool) throws IOException {
        return Child.of(new ProcessBuilder("node", EXCHANGE, pool)
                .directory(INSTALLED.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }
}
