package io.arrowshm.systemtest.soak;

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
 * @param heapBytes of objects that are alive: what is used otherwise is, in a job at full speed, mostly garbage that was made
 *     since the last collection
 * @param privateBytes in memory that belongs to it alone: heap, native memory, code
 * @param sharedBytes in memory of the pool that it has touched
 * @param files open file descriptors
 * @param mappings areas of its address space
 */
record ProcessLook(long heapBytes, long privateBytes, long sharedBytes, long files, long mappings, long threads) {
    private static final Pattern ALIVE = Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);

    /** Looks at a process, which collects its garbage for it. */
    static ProcessLook at(long pid) throws IOException, InterruptedException {
        long heapBytes = number(command(pid, "GC.class_histogram"), ALIVE);
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
        return number(status, Pattern.compile("^" + key + ":\\s*(\\d+)", Pattern.MULTILINE));
    }

    private static long number(String output, Pattern pattern) {
        Matcher line = pattern.matcher(output);
        if (!line.find()) {
            throw new IllegalStateException("no " + pattern + " in " + output);
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
