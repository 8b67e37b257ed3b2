package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.TestPool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script itself, in a tree of its own that nothing was built in. Instead of Maven a script plays the build: it links
 * what this build has made to where the libraries are wanted, and counts.
 */
class CommandScriptIT {
    /** Waits at the gate, if there is one, until somebody opens it. */
    private static final String BUILD = """
            #!/usr/bin/env bash
            set -e
            here="$(dirname "$0")"
            echo built >>"$here/builds"
            if [[ -p "$here/gate" ]]; then read -r <"$here/gate"; fi
            for argument; do
              case "$argument" in
                -Drun.cli=*) mkdir "${argument#*=}" && ln -s "$here"/jars/* "${argument#*=}" ;;
              esac
            done
            """;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private final String pool = testPool.name();

    @TempDir
    private Path root;

    private Path script;
    private Path source;

    @BeforeEach
    void layOut() throws IOException {
        Files.createFile(root.resolve("pom.xml"));
        for (String module : List.of("arrow-shm/java", "arrow-shm/cli")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        source = Files.createFile(root.resolve("arrow-shm/java/src/main/Source.java"));
        Files.copy(Path.of("launch.sh"), root.resolve("arrow-shm/cli/launch.sh"));
        script = Files.createDirectory(root.resolve("arrow-shm/bin")).resolve("arrow-shm");
        Files.copy(Path.of("../bin/arrow-shm"), script, StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(Files.writeString(root.resolve("mvnw"), BUILD).toFile().setExecutable(true))
                .isTrue();
        Path target = Files.createDirectory(root.resolve("arrow-shm/cli/target"));
        Files.createSymbolicLink(
                target.resolve("classes"), Path.of("target/classes").toAbsolutePath());
        Path jars = Files.createDirectory(root.resolve("jars"));
        for (String entry : Child.classPath().split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                Files.createSymbolicLink(jars.resolve(Path.of(entry).getFileName()), Path.of(entry));
            }
        }
    }

    @Test
    void runsFromAnywhereThroughALink() throws Exception {
        assertThat(run(script, "--version").err()).startsWith("Building ").hasLineCount(1);
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
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void namesOfAnyCharactersComeThroughWhateverTheLocale() throws Exception {
        assertThat(run(script, "--version").status()).isZero();
        try (Child child = Child.start(List.of(), List.of(), DatasetProcess.class, pool)) {
            assertThat(child.read()).isEqualTo("open");
            assertThat(child.ask("publish d 11 persistent")).isEqualTo("done");
            for (String locale : List.of("C", "C.UTF-8")) {
                assertThat(shell(
                                "LC_ALL=" + locale + " " + script + " mv " + pool + " d $'\\303\\274 \\346\\265\\213'"))
                        .isEqualTo(new ShmCommand.Result(0, "renamed d to ü 测\n", ""));
                assertThat(shell("LC_ALL=" + locale + " " + script + " ls -s " + pool)
                                .out())
                        .isEqualTo("ü 测\n");
                assertThat(shell("LC_ALL=" + locale + " " + script + " mv " + pool + " $'\\303\\274 \\346\\265\\213' d")
                                .status())
                        .isZero();
            }
            assertThat(run(script, "rm", pool, "d").status()).isZero();
        }
        assertThat(run(script, "rm", pool).status()).isZero();
    }

    @Test
    void twoThatStartAtOnceBuildOnceAndBothRun() throws Exception {
        Path gate = newGate();
        try (ShmCommand first = start(script, "--version")) {
            try (var opened = Files.newOutputStream(gate);
                    ShmCommand second = start(script, "--version")) {
                second.awaitErr("Waiting for another command's build");
                opened.write('\n');
                assertThat(ShmCommand.run(second).status()).isZero();
            }
            assertThat(ShmCommand.run(first).status()).isZero();
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void whatChangesWhileItIsBuiltIsBuiltAgain() throws Exception {
        Path gate = newGate();
        try (ShmCommand first = start(script, "--version")) {
            try (var opened = Files.newOutputStream(gate)) {
                touchSource();
                opened.write('\n');
            }
            assertThat(ShmCommand.run(first).status()).isZero();
        }
        Files.delete(gate);
        assertThat(run(script, "--version").status()).isZero();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aBuildLeavesAloneWhatIsRunning() throws Exception {
        assertThat(run(script, "--version").status()).isZero();
        try (Child child = Child.start(pool)) {
            assertThat(child.read()).startsWith("pool ");
            try (ShmCommand watch = start(script, "stat", pool, "--watch", "0.1", "--json")) {
                assertThat(watch.read()).contains(pool);
                touchSource();
                assertThat(run(script, "--version").status()).isZero();
                assertThat(copies()).as("the one that runs, and the new one").isEqualTo(2);
                assertThat(watch.read()).contains(pool);
            }
        }
        touchSource();
        assertThat(run(script, "--version").status()).isZero();
        assertThat(copies()).isEqualTo(1);
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void saysWhichJavaIsMissing() throws Exception {
        ShmCommand.Result refused =
                ShmCommand.run(ShmCommand.start(List.of("env", "JAVA_HOME=" + root, script.toString(), "ls")));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).startsWith("error: JAVA_HOME is " + root).hasLineCount(1);
    }

    @Test
    void refusesAJavaThatIsTooOldWithoutStartingIt() throws Exception {
        Path java = Files.createDirectory(root.resolve("bin")).resolve("java");
        // Were it started, it would say so.
        assertThat(Files.writeString(java, "#!/bin/sh\necho started >&2\n")
                        .toFile()
                        .setExecutable(true))
                .isTrue();
        Files.writeString(root.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"11.0.22\"\n");
        ShmCommand.Result refused =
                ShmCommand.run(ShmCommand.start(List.of("env", "JAVA_HOME=" + root, script.toString(), "ls")));
        assertThat(refused)
                .isEqualTo(
                        new ShmCommand.Result(2, "", "error: " + java + " is Java 11: a JDK 17 or later is needed\n"));
    }

    /** Changes it, as far as a build can see. */
    private void touchSource() throws IOException {
        Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
    }

    private Path newGate() throws Exception {
        Path gate = root.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        return gate;
    }

    private int builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    /** How many there are of what was built to be run. */
    private long copies() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("arrow-shm/cli/target/run"))) {
            return files.filter(Files::isDirectory).count();
        }
    }

    private static ShmCommand.Result run(Path script, String... arguments) throws Exception {
        return ShmCommand.run(start(script, arguments));
    }

    /** A command in ASCII, so that the locale of this process does not matter. */
    private static ShmCommand.Result shell(String command) throws Exception {
        return ShmCommand.run(ShmCommand.start(
                List.of("env", "JAVA_HOME=" + System.getProperty("java.home"), "bash", "-c", command)));
    }

    private static ShmCommand start(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("env", "-C", "/", "JAVA_HOME=" + System.getProperty("java.home"), script.toString()));
        command.addAll(List.of(arguments));
        return ShmCommand.start(command);
    }
}
