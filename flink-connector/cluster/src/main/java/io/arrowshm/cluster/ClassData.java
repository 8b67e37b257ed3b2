package io.arrowshm.cluster;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Archives of classes, with which the JVMs of a cluster start with two thirds of the work: one writes down, when it ends,
 * what it has loaded, and those that start later map that. There is one archive for each main class; it is good for one JDK
 * and one class path, and a JVM ignores one that is not. Writing it costs as much as four starts save, so nothing is
 * written before a second one starts. Nothing here is a reason to fail: what cannot be read or written is done without.
 */
final class ClassData {
    /** Environment variables from which a JVM takes arguments of its own accord. */
    private static final List<String> ARGUMENT_VARIABLES =
            List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");
    /** Arguments with which classes may be written down. A JVM refuses to start with some others, such as agents. */
    private static final List<String> HARMLESS =
            List.of("-D", "-Xm", "-Xss", "-Xlog:", "-XX:", "--add-opens", "--add-exports");

    private static final List<String> ABOUT_ARCHIVES = List.of("Share", "Archiv");

    private final @Nullable Path directory;
    private final String classPath;
    private final String fingerprint;

    private ClassData(@Nullable Path directory, String classPath, String fingerprint) {
        this.directory = directory;
        this.classPath = classPath;
        this.fingerprint = fingerprint;
    }

    /**
     * @param directory where archives are and will be, or null for none; made if it is absent
     * @param classPath of the JVMs that are to be started
     */
    static ClassData in(@Nullable Path directory, String classPath) {
        if (directory == null) {
            return new ClassData(null, classPath, "");
        }
        try {
            Path made = Files.createDirectories(directory.toAbsolutePath());
            ClassPathOfJars jars = ClassPathOfJars.of(classPath, made);
            Fingerprint fingerprint = new Fingerprint()
                    .add(System.getProperty("java.home"))
                    .add(System.getProperty("java.vm.version"))
                    .add(jars.fingerprint());
            return new ClassData(made, jars.toString(), fingerprint.toString());
        } catch (IOException e) {
            return new ClassData(null, classPath, "");
        }
    }

    /** For the JVMs: the same classes, from jars if there are to be archives. */
    String classPath() {
        return classPath;
    }

    /**
     * How a JVM starts.
     *
     * @param arguments the JVM's others, which win over those of this
     * @param environment of the JVM
     * @param mayRecord whether it may write down what it has loaded, if that is not there yet
     */
    Start start(String mainClass, List<String> arguments, Map<String, String> environment, boolean mayRecord) {
        if (directory == null) {
            return new Start(List.of(), null);
        }
        String name = mainClass.substring(mainClass.lastIndexOf('.') + 1);
        Path archive = directory.resolve(name + "-" + fingerprint + ".jsa");
        if (Files.exists(archive)) {
            return new Start(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off"), null);
        }
        if (!mayRecord
                || !isHarmless(arguments, environment)
                || isFirst(directory.resolve(name + "-" + fingerprint + ".started"))) {
            return new Start(List.of(), null);
        }
        Path aside = directory.resolve(name + "-" + UUID.randomUUID() + ".part");
        return new Start(
                List.of("-XX:ArchiveClassesAtExit=" + aside, "-Xlog:cds*=off"), new Recording(aside, archive, name));
    }

    private static boolean isFirst(Path started) {
        try {
            Files.createFile(started);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isHarmless(List<String> arguments, Map<String, String> environment) {
        Stream<String> taken = ARGUMENT_VARIABLES.stream()
                .flatMap(variable ->
                        Stream.of(environment.getOrDefault(variable, "").split("\\s+")))
                .filter(argument -> !argument.isEmpty());
        return Stream.concat(arguments.stream(), taken)
                .allMatch(argument -> HARMLESS.stream().anyMatch(argument::startsWith)
                        && ABOUT_ARCHIVES.stream().noneMatch(argument::contains));
    }

    /**
     * @param arguments of the JVM, before its others
     * @param recording what it writes down, or null
     */
    record Start(List<String> arguments, @Nullable Recording recording) {}

    /** What one JVM writes down when it ends. */
    record Recording(Path aside, Path archive, String name) {
        /** Call when the JVM has ended by itself: the archive is there for others from now on, if it is one. */
        void keep() {
            try {
                Files.move(aside, archive, StandardCopyOption.ATOMIC_MOVE);
                deleteOthers();
            } catch (IOException e) {
                // The JVM has written none, or somebody else was faster: the next one tries again.
            }
        }

        /** Archives of class paths that are no more; those who have one mapped keep it. */
        private void deleteOthers() throws IOException {
            try (Stream<Path> files = Files.list(archive.getParent())) {
                for (Path file : files.toList()) {
                    if (file.getFileName().toString().startsWith(name + "-") && !file.equals(archive)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }
}
