package io.arrowshm.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Files of the kernel with a name, a colon and a value on each line. */
public final class KernelFile {
    private static final long KIBIBYTE = 1024;

    private KernelFile() {}

    /** The value of the first line with that name; empty if there is none, or no such file. */
    public static Optional<String> value(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.substring(0, Math.max(0, line.indexOf(':')))
                            .strip()
                            .equals(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * A value in kB, in bytes.
     *
     * @throws IllegalStateException if there is none
     */
    public static long bytes(Path file, String name) {
        return value(file, name)
                .map(value -> KIBIBYTE * Long.parseLong(value.replace(" kB", "")))
                .orElseThrow(() -> new IllegalStateException("there is no " + name + " in " + file));
    }
}
