package io.arrowshm.jobs.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM uses at one time.
 *
 * @param heapBytes in use behind a collection of everything
 * @param privateBytes in memory that belongs to it alone: heap, native memory, code
 * @param sharedBytes in memory of the pool that it has touched
 * @param files open file descriptors
 * @param mappings areas of its address space
 */
record ProcessLook(long heapBytes, long privateBytes, long sharedBytes, long files, long mappings, long threads) {
    private static final Pattern USED = Pattern.compile("(?:heap|generation) .* used (\\d+)K");

    /** Looks at a process, when it has collected its garbage. */
    static ProcessLook at(long pid) throws IOException, InterruptedException {
        command(pid, "GC.run");
        long heapBytes = 0;
        Matcher used = USED.matcher(command(pid, "GC.heap_info"));
        while (used.find()) {
            heapBytes += Long.parseLong(used.group(1)) * 1024;
        }
        Path process = Path.of("/proc", Long.toString(pid));
        String status = Files.readString(process.resolve("status"));
        try (Stream<Path> files = Files.list(process.resolve("fd"));
                Stream<String> mappings = Files.lines(process.resolve("maps"))) {
            return new ProcessLook(
                    heapBytes,
                    number(status, "RssAnon") * 1024,
                    number(status, "RssShmem") * 1024,
                    files.count(),
                    mappings.count(),
                    number(status, "Threads"));
        }
    }

    private static long number(String status, String key) {
        Matcher line =
                Pattern.compile("^" + key + ":\\s*(\\d+)", Pattern.MULTILINE).matcher(status);
        if (!line.find()) {
            throw new IllegalStateException("no " + key + " in " + status);
        }
        return Long.parseLong(line.group(1));
    }

    private static String command(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("jcmd " + pid + " " + command + ": " + output);
        }
        return output;
    }
}
