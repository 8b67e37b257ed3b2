package io.arrowshm.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Processes of another user; only root can start them.
 *
 * @param wrapper words of a command that runs the command behind it as that user
 * @param classPath that this user can read
 */
public record OtherUser(List<String> wrapper, String classPath) {
    private static final String NOBODY = "65534";

    /** Copies the class path into a folder, which any user can read from then on. */
    public static OtherUser in(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copies = Files.createDirectory(folder.resolve("class-path"));
        List<String> entries = new ArrayList<>();
        for (String entry : Child.classPath().split(File.pathSeparator, -1)) {
            Path copy = copies.resolve(Integer.toString(entries.size()));
            copy(Path.of(entry), copy);
            entries.add(copy.toString());
        }
        return new OtherUser(
                List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"),
                String.join(File.pathSeparator, entries));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
