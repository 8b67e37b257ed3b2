package io.arrowshm.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Processes of another user; only root can start them.
 *
 * @param wrapper words of a command that runs the command behind it as that user
 * @param classPath that this user can read
 */
public record OtherUser(List<String> wrapper, String classPath) {
    public static final int ID = 65534;

    private static final String NOBODY = Integer.toString(ID);
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    /** Copies the class path into a folder, which any user can read from then on. */
    public static OtherUser in(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copies = Files.createDirectory(folder.resolve("class-path"));
        List<String> entries = new ArrayList<>();
        for (String entry : Child.classPath().split(File.pathSeparator, -1)) {
            // An empty entry means the working directory, which has no classes and can have anything.
            if (entry.isEmpty()) {
                continue;
            }
            Path copy = copies.resolve(Integer.toString(entries.size()));
            copy(Path.of(entry), copy);
            entries.add(copy.toString());
        }
        return new OtherUser(AS_NOBODY, String.join(File.pathSeparator, entries));
    }

    /** Runs a shell script in a directory, which is to succeed. */
    public static void run(Path directory, String script) throws IOException, InterruptedException {
        Process process = start(directory, "set -e; " + script);
        if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + script);
        }
        if (process.exitValue() != 0) {
            throw new AssertionError("failed: " + script);
        }
    }

    /** Starts a shell script in a directory; what it says about failures is shown. */
    public static Process start(Path directory, String script) throws IOException {
        List<String> command = new ArrayList<>(AS_NOBODY);
        command.addAll(List.of("sh", "-c", script));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
