package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataTest {
    private static final String MAIN = "a.b.Main";
    private static final ClassData.Start NOTHING = new ClassData.Start(List.of(), null);

    @TempDir
    private Path temporary;

    private Path classes;
    private Path jar;
    private Path text;
    private Path archives;

    @BeforeEach
    void aDirectoryAndAJar() throws IOException {
        classes = Files.createDirectories(temporary.resolve("classes"));
        Files.writeString(Files.createDirectories(classes.resolve("a")).resolve("A.class"), "one");
        jar = Files.writeString(temporary.resolve("library.jar"), "PK, and never opened");
        text = Files.writeString(temporary.resolve("pom.xml"), "<project/>");
        archives = temporary.resolve("archives");
    }

    @Test
    void directoriesBecomeJarsAndWhatHasNoClassesIsLeftOut() throws IOException {
        List<Path> packed = jarsOf(classData());
        assertThat(packed).hasSize(2).element(1).isEqualTo(jar);
        try (JarFile entries = new JarFile(packed.get(0).toFile())) {
            assertThat(entries.stream()).singleElement().satisfies(entry -> {
                assertThat(entry.getName()).isEqualTo("a/A.class");
                assertThat(entries.getInputStream(entry)).hasContent("one");
            });
        }
    }

    @Test
    void aDirectoryIsPackedOnceAndAgainWhenItHasChanged() throws IOException {
        Path first = jarsOf(classData()).get(0);
        assertThat(jarsOf(classData()).get(0)).isEqualTo(first);
        Files.writeString(classes.resolve("a/B.class"), "two");
        assertThat(jarsOf(classData()).get(0)).isNotEqualTo(first);
        assertThat(archives).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void whatAJvmWroteDownIsForThoseThatStartLaterAndReplacesWhatNobodyCanUseAnyMore() throws IOException {
        ClassData.Start old = recorded();
        assertThat(start())
                .isEqualTo(new ClassData.Start(
                        List.of("-XX:SharedArchiveFile=" + old.recording().archive(), "-Xlog:cds*=off"), null));

        Files.writeString(jar, "PK, another one");
        ClassData.Start now = recorded();
        assertThat(now.recording().archive()).exists();
        assertThat(old.recording().archive()).doesNotExist();
        assertThat(archives).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void theFirstJvmWritesNothingDownSinceItMayBeTheOnlyOne() {
        assertThat(start()).isEqualTo(NOTHING);
        assertThat(start()).isNotEqualTo(NOTHING);
    }

    @Test
    void aJvmThatMayNotOrCouldNotStartWithItWritesNothingDown() {
        start();
        assertThat(classData().start(MAIN, List.of(), Map.of(), false).arguments())
                .isEmpty();
        for (String argument : List.of(
                "-javaagent:a.jar",
                "-agentlib:jdwp=server=y",
                "-Xrunjdwp",
                "-Xshare:off",
                "-XX:SharedArchiveFile=a.jsa",
                "-XX:ArchiveClassesAtExit=a.jsa",
                "-Xbootclasspath/a:a.jar",
                "--patch-module=java.base=a",
                "@arguments")) {
            assertThat(classData().start(MAIN, List.of("-Dharm=none", argument), Map.of(), true))
                    .as(argument)
                    .isEqualTo(NOTHING);
            assertThat(classData().start(MAIN, List.of(), Map.of("JAVA_TOOL_OPTIONS", argument), true))
                    .as(argument)
                    .isEqualTo(NOTHING);
        }
    }

    @Test
    void whereNothingCanBeWrittenJvmsStartAsTheyAre() throws IOException {
        Files.writeString(archives, "a file");
        assertThat(classData().classPath()).isEqualTo(givenClassPath());
        for (ClassData none : List.of(classData(), ClassData.in(null, givenClassPath()))) {
            none.start(MAIN, List.of(), Map.of(), true);
            assertThat(none.start(MAIN, List.of(), Map.of(), true)).isEqualTo(NOTHING);
        }
    }

    @Test
    void whereAJvmWroteNothingDownTheNextDoes() {
        start();
        start().recording().keep();
        assertThat(start().recording()).isNotNull();
    }

    /** As the second JVM does, which ends. */
    private ClassData.Start recorded() throws IOException {
        start();
        ClassData.Start start = start();
        assertThat(start.arguments())
                .contains("-XX:ArchiveClassesAtExit=" + start.recording().aside());
        Files.writeString(start.recording().aside(), "an archive");
        start.recording().keep();
        return start;
    }

    private ClassData.Start start() {
        return classData().start(MAIN, List.of("-Xmx1g"), Map.of(), true);
    }

    private ClassData classData() {
        return ClassData.in(archives, givenClassPath());
    }

    private String givenClassPath() {
        return String.join(
                File.pathSeparator,
                classes.toString(),
                "",
                temporary.resolve("absent").toString(),
                text.toString(),
                jar.toString());
    }

    private static List<Path> jarsOf(ClassData classData) {
        return Stream.of(classData.classPath().split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }
}
