package io.arrowshm.systemtest.stock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The project that users copy, built as they do, by a Maven that finds what this build has made in a repository. */
final class YourOwnProject {
    private static final Path TREE = Path.of("../..").toAbsolutePath().normalize();
    private static final String VERSION = System.getProperty("project.version");

    private YourOwnProject() {}

    /** @return the job's jar */
    static Path build(Path directory) throws IOException, InterruptedException {
        Path project = Files.createDirectories(directory.resolve("project"));
        copy(TREE.resolve("jobs/your-own-job"), project);
        Path repository = Files.createDirectories(directory.resolve("repository"));
        publish(repository, TREE, "arrow-shm-parent");
        publish(repository, TREE.resolve("arrow-shm/java"), "arrow-shm");
        publish(repository, TREE.resolve("flink-connector/connector"), "flink-connector");
        new Commands(directory, Map.of())
                .run(
                        TREE.resolve("mvnw").toString(),
                        "-B",
                        "-ntp",
                        "-f",
                        project.resolve("pom.xml").toString(),
                        "-Dmaven.repo.local=" + repository,
                        "-Dmaven.repo.local.tail=" + System.getProperty("local.repository"),
                        "-Darrow-shm.version=" + VERSION,
                        "package");
        return project.resolve("target/your-own-job.jar");
    }

    private static void publish(Path repository, Path module, String artifact) throws IOException {
        Path folder = Files.createDirectories(
                repository.resolve("io/arrowshm").resolve(artifact).resolve(VERSION));
        String name = artifact + "-" + VERSION;
        Files.copy(module.resolve(".flattened-pom.xml"), folder.resolve(name + ".pom"));
        Path jar = module.resolve("target").resolve(name + ".jar");
        if (!artifact.endsWith("-parent")) {
            Files.copy(jar, folder.resolve(name + ".jar"));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = from.relativize(file);
                if (!relative.startsWith("target")) {
                    Files.createDirectories(to.resolve(relative).getParent());
                    Files.copy(file, to.resolve(relative));
                }
            }
        }
    }
}
