package io.arrowshm.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;

/**
 * What lets the processes of tests start in half the time: the class path as jars, and an archive of the classes that a
 * program loads. Both lie in target/class-data, where whoever needs them first makes them, and anew when the class path has
 * changed.
 *
 * @param classPath that of this JVM, with a jar in the place of each directory
 * @param archive for a JVM like this one, with that class path
 */
public record ClassData(String classPath, Path archive) {
    private static final Path DIRECTORY = Path.of("target", "class-data").toAbsolutePath();
    private static final Path STATE = DIRECTORY.resolve("state");
    private static final Path LOCK = DIRECTORY.resolve("lock");

    /** What a JVM reports about the archive goes to its standard error: on its output a parent expects answers. */
    public List<String> flags() {
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable", "-Xlog:all=warning:stderr");
    }

    /**
     * For a program, which is run to see what it loads, unless its archive is there.
     *
     * @param input what the program reads, to its end, after which it must exit by itself
     */
    public static synchronized ClassData of(Class<?> main, List<String> input, String... arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(DIRECTORY);
        // Processes that run tests side by side make it once.
        try (FileChannel lock = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            List<Path> entries = Stream.of(Child.classPath().split(File.pathSeparator, -1))
                    // An empty entry would be the working directory, in which the jars are made.
                    .filter(entry -> !entry.isEmpty())
                    .map(Path::of)
                    .filter(Files::exists)
                    .toList();
            deleteWhatIsOutOfDate(entries);
            ClassData data = new ClassData(classPath(entries), DIRECTORY.resolve(main.getSimpleName() + ".jsa"));
            if (!Files.exists(data.archive)) {
                data.dump(main, input, arguments);
            }
            return data;
        }
    }

    private static void deleteWhatIsOutOfDate(List<Path> entries) throws IOException {
        List<String> state = new ArrayList<>(List.of(System.getProperty("java.home")));
        for (Path entry : entries) {
            try (Stream<Path> files = Files.walk(entry)) {
                for (Path file : files.sorted().toList()) {
                    state.add(file + " " + Files.getLastModifiedTime(file));
                }
            }
        }
        if (!Files.exists(STATE) || !Files.readAllLines(STATE).equals(state)) {
            try (Stream<Path> files = Files.list(DIRECTORY)) {
                for (Path file : files.filter(file -> !file.equals(LOCK)).toList()) {
                    Files.delete(file);
                }
            }
            Files.write(STATE, state);
        }
    }

    private static String classPath(List<Path> entries) throws IOException {
        List<String> jars = new ArrayList<>();
        for (Path entry : entries) {
            Path jar = Files.isDirectory(entry) ? DIRECTORY.resolve(jars.size() + ".jar") : entry;
            if (!Files.exists(jar)) {
                pack(entry, jar);
            }
            jars.add(jar.toString());
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void pack(Path directory, Path jar) throws IOException {
        Path part = Path.of(jar + ".part");
        try (Stream<Path> files = Files.walk(directory).filter(Files::isRegularFile);
                OutputStream out = Files.newOutputStream(part);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : (Iterable<Path>) files::iterator) {
                entries.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        Files.move(part, jar);
    }

    private void dump(Class<?> main, List<String> input, String... arguments) throws IOException, InterruptedException {
        Path part = Path.of(archive + ".part");
        List<String> command = new ArrayList<>(List.of(
                Child.javaOf(Path.of(System.getProperty("java.home"))),
                "-XX:ArchiveClassesAtExit=" + part,
                "-Xlog:disable"));
        command.addAll(Child.flags());
        try (Child child = Child.start(command, classPath, ProcessBuilder.Redirect.DISCARD, main, arguments)) {
            input.forEach(child::write);
            child.end();
        }
        Files.move(part, archive);
    }
}
