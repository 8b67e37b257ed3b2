package io.arrowshm.console;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out, before anything starts, whether results can be written where they are wanted. */
public final class OutputFiles {
    private OutputFiles() {}

    /** @throws UserErrorException if the file's directory is missing or read-only, or a directory is in its place */
    public static void check(String option, Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new UserErrorException("%s %s is a directory: name a file".formatted(option, file));
        }
        if (!Files.isDirectory(directory)) {
            throw new UserErrorException("%s %s: there is no directory %s".formatted(option, file, directory));
        }
        if (!Files.isWritable(directory) || (Files.exists(file) && !Files.isWritable(file))) {
            throw new UserErrorException("%s %s cannot be written: permission denied".formatted(option, file));
        }
    }
}
