package io.arrowshm.benchmark.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process's memory. */
final class ProcessFile {
    private static final long KIBIBYTE = 1024;

    private ProcessFile() {}

    enum Field {
        PEAK_RESIDENT("VmHWM:"),
        SHARED("RssShmem:");

        private final String key;

        Field(String key) {
            this.key = key;
        }
    }

    static long bytes(long pid, Field field) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(field.key))
                    .mapToLong(line -> KIBIBYTE * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + field.key + " in " + status));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
