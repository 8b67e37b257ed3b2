package io.arrowshm.systemtest.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release of a copy of this tree, with a version and a key that exist for this test only, as far as it can go without publishing. */
class ReleaseIT {
    private static final String VERSION = "9.8.7";
    private static final Path TREE = Path.of("../..").toAbsolutePath().normalize();

    /** What is published: the folder of each module, and the name of its artifact. */
    private static final Map<String, String> PUBLISHED = Map.of(
            "arrow-shm/java", "arrow-shm",
            "arrow-shm/cli", "arrow-shm-cli",
            "flink-connector/connector", "flink-connector",
            "flink-connector/dist", "flink-connector-arrow-shm",
            "flink-connector/cluster", "arrow-shm-cluster",
            "flink-connector/map", "arrow-shm-map");

    @TempDir
    private Path folder;

    @Test
    void everyPublishedModuleHasAllThatARepositoryAsksFor() throws Exception {
        assumeTrue(isThere("gpg"), "skipped: signing needs gpg");
        Path tree = copyOfTheTree();
        Path keys = Files.createDirectory(folder.resolve("keys"), ownerOnly());
        try {
            run(
                    keys,
                    tree,
                    "gpg",
                    "--batch",
                    "--passphrase",
                    "",
                    "--quick-generate-key",
                    "test <test@release.invalid>");
            release(keys, tree);
        } finally {
            run(keys, tree, "gpgconf", "--kill", "all");
        }
        for (Map.Entry<String, String> published : PUBLISHED.entrySet()) {
            Path target = tree.resolve(published.getKey()).resolve("target");
            String name = published.getValue() + "-" + VERSION;
            assertThat(target.toFile().list())
                    .as(published.getKey())
                    .contains(
                            name + ".jar",
                            name + "-sources.jar",
                            name + "-javadoc.jar",
                            name + ".jar.asc",
                            name + "-sources.jar.asc",
                            name + "-javadoc.jar.asc",
                            name + ".pom.asc",
                            "bom.json.asc");
            assertDescribed(tree.resolve(published.getKey()).resolve(".flattened-pom.xml"));
            assertOfThisRelease(target.resolve("bom.json"), published.getValue());
        }
        assertDocumentsWhatIsPublic(tree.resolve("arrow-shm/java/target/arrow-shm-" + VERSION + "-javadoc.jar"));
    }

    private static void release(Path keys, Path tree) throws IOException, InterruptedException {
        run(
                keys,
                tree,
                "./mvnw",
                "-q",
                "-Prelease",
                "-Drevision=" + VERSION,
                "-Dmaven.main.skip=true",
                "-Dmaven.test.skip=true",
                "-Dspotless.check.skip=true",
                "-Dmdep.analyze.skip=true",
                "-pl",
                String.join(",", PUBLISHED.keySet()),
                "-am",
                "verify");
    }

    /** Other people's Maven reads this pom alone. */
    private static void assertDescribed(Path pom) throws IOException {
        String text = Files.readString(pom);
        assertThat(text).contains("<version>" + VERSION + "</version>", "<name>", "<description>");
        assertThat(text).doesNotContain("SNAPSHOT", "${revision}");
    }

    private static void assertOfThisRelease(Path billOfMaterials, String artifact) throws IOException {
        JsonNode root = new ObjectMapper().readTree(billOfMaterials.toFile());
        assertThat(root.at("/bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(root.at("/metadata/component/name").asText()).isEqualTo(artifact);
        assertThat(root.at("/metadata/component/version").asText()).isEqualTo(VERSION);
        assertThat(root.at("/components"))
                .isNotEmpty()
                .allSatisfy(
                        component -> assertThat(component.at("/purl").asText()).startsWith("pkg:maven/"));
    }

    private static void assertDocumentsWhatIsPublic(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Set<String> packages = zip.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.endsWith("/package-summary.html"))
                    .map(entry -> entry.substring(0, entry.lastIndexOf('/')).replace('/', '.'))
                    .collect(Collectors.toSet());
            assertThat(packages)
                    .containsExactlyInAnyOrder(
                            "io.arrowshm",
                            "io.arrowshm.array",
                            "io.arrowshm.dataset",
                            "io.arrowshm.error",
                            "io.arrowshm.inspect");
        }
    }

    /** Sources, what builds them, and the classes that this build has made of them. */
    private Path copyOfTheTree() throws IOException {
        Path copy = folder.resolve("tree");
        Set<Path> copied = new HashSet<>();
        for (String part : List.of(
                "pom.xml",
                "mvnw",
                ".mvn",
                "LICENSE",
                "arrow-shm",
                "flink-connector",
                "jobs",
                "benchmark",
                "notebooks")) {
            copied.add(TREE.resolve(part));
        }
        Files.walkFileTree(TREE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                boolean isWanted = directory.equals(TREE) || copied.stream().anyMatch(directory::startsWith);
                boolean isBuilt = directory.getParent().endsWith("target") && !directory.endsWith("classes");
                if (!isWanted || isBuilt || directory.endsWith("src/test")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(copy.resolve(TREE.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (copied.stream().anyMatch(file::startsWith)
                        && !file.getParent().endsWith("target")) {
                    Files.copy(file, copy.resolve(TREE.relativize(file)));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return copy;
    }

    private static FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static void run(Path keys, Path directory, String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(keys.getParent(), "log", null);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("GNUPGHOME", keys.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        if (!process.waitFor(10, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        assertThat(process.waitFor())
                .as(() -> String.join(" ", command) + ":\n" + text(log))
                .isZero();
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
