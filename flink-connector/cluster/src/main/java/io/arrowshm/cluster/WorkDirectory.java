package io.arrowshm.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one cluster: {@code conf/NAME/config.yaml}, {@code log/NAME.log} (Flink's log), {@code log/NAME.out}
 * (standard output and error) and {@code tmp/NAME/}, where NAME is that of a process.
 */
final class WorkDirectory {
    private static final int TAIL_LINES = 25;

    private final Path root;

    private WorkDirectory(Path root) {
        this.root = root;
    }

    /**
     * @param requested an empty or absent directory, or null for a new one
     * @throws IllegalArgumentException if the directory has something in it
     */
    static WorkDirectory create(@Nullable Path requested) {
        try {
            if (requested == null) {
                return new WorkDirectory(Files.createTempDirectory("arrow-shm-cluster-"));
            }
            Files.createDirectories(requested);
            try (Stream<Path> entries = Files.list(requested)) {
                if (entries.findAny().isPresent()) {
                    throw new IllegalArgumentException(
                            "work directory must be empty or absent: workDirectory=" + requested);
                }
            }
            return new WorkDirectory(requested.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the work directory: workDirectory=" + requested, e);
        }
    }

    Path root() {
        return root;
    }

    Path configurationOf(String process) {
        return created(root.resolve("conf").resolve(process));
    }

    Path temporaryOf(String process) {
        return created(root.resolve("tmp").resolve(process));
    }

    Path log(String process) {
        return created(root.resolve("log")).resolve(process + ".log");
    }

    Path out(String process) {
        return created(root.resolve("log")).resolve(process + ".out");
    }

    Path jvmErrorFile(String process) {
        return created(root.resolve("log")).resolve(process + "-hs_err_%p.log");
    }

    /** The errors and the last lines of a process's two logs, for messages; never throws. */
    String tail(String process) {
        return tail(log(process)) + tail(out(process));
    }

    private static String tail(Path file) {
        try {
            // Not readAllLines: a JVM that was killed may have left half a character.
            List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (lines.isEmpty()) {
                return "";
            }
            int tail = Math.max(0, lines.size() - TAIL_LINES);
            // Long stack traces push what went wrong out of the tail.
            String causes = lines.subList(0, tail).stream()
                    .filter(line -> line.contains(" ERROR ") || line.startsWith("Caused by: "))
                    .limit(TAIL_LINES)
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
            return "--- " + file.getFileName() + "\n" + causes + String.join("\n", lines.subList(tail, lines.size()))
                    + "\n";
        } catch (IOException e) {
            return "--- " + file.getFileName() + ": " + e + "\n";
        }
    }

    /** Deletes everything, or everything but the logs. Call when no process uses it any more. */
    void delete(boolean keepLogs) {
        if (keepLogs) {
            deleteTree(root.resolve("conf"));
            deleteTree(root.resolve("tmp"));
        } else {
            deleteTree(root);
        }
    }

    private static void deleteTree(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // somebody else deleted it
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete: path=" + tree, e);
        }
    }

    private static Path created(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
