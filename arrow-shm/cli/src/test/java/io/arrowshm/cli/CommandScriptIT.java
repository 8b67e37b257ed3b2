package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script itself, on what is built, laid out as its build leaves it. */
class CommandScriptIT {
    private final String pool = "script-it-" + ProcessHandle.current().pid();

    @TempDir
    private Path root;

    private Path script;

    @BeforeEach
    void layOut() throws IOException {
        Path target = Files.createDirectories(root.resolve("arrow-shm/cli/target"));
        Path lib = Files.createDirectory(target.resolve("lib"));
        Files.createFile(root.resolve("pom.xml"));
        for (String module : List.of("arrow-shm/java", "arrow-shm/cli")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        script = Files.createDirectory(root.resolve("arrow-shm/bin")).resolve("arrow-shm");
        Files.copy(Path.of("../bin/arrow-shm"), script, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(
                target.resolve("classes"), Path.of("target/classes").toAbsolutePath());
        for (String entry : Child.classPath().split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                Files.createSymbolicLink(lib.resolve(Path.of(entry).getFileName()), Path.of(entry));
            }
        }
        Files.createFile(target.resolve(".built"));
    }

    @AfterEach
    void removePool() {
        SharedMemoryPool.remove(PoolOptions.named(pool));
    }

    @Test
    void runsFromAnywhereThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), script);
        try (Child child = Child.start(pool)) {
            assertThat(child.read()).startsWith("pool ");
            ShmCommand.Result statistics = run(link, "stat", pool, "--json");
            assertThat(statistics.status()).as("%s", statistics).isZero();
            assertThat(statistics.err()).isEmpty();
            assertThat(statistics.json().at("/totals/participantsAlive").asInt())
                    .isEqualTo(1);
            assertThat(run(link, "verify", pool)).isEqualTo(new ShmCommand.Result(0, "clean\n", ""));
            assertThat(run(link, "rm", pool).status()).isEqualTo(1);
        }
        assertThat(run(link, "rm", pool)).isEqualTo(new ShmCommand.Result(0, "removed " + pool + "\n", ""));
        assertThat(run(link, "rm", pool).status()).isEqualTo(2);
    }

    @Test
    void saysWhichJavaIsMissing() throws Exception {
        ShmCommand.Result refused =
                ShmCommand.run(ShmCommand.start(List.of("env", "JAVA_HOME=" + root, script.toString(), "ls")));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).startsWith("error: JAVA_HOME is " + root).hasLineCount(1);
    }

    private static ShmCommand.Result run(Path script, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(
                List.of("env", "-C", "/", "JAVA_HOME=" + System.getProperty("java.home"), script.toString()));
        command.addAll(List.of(arguments));
        return ShmCommand.run(ShmCommand.start(command));
    }
}
