package io.arrowshm.jobs.session;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools of commands that were killed before they could remove them. A pool is named after the process that made it;
 * one that was kept on purpose has another name.
 */
final class AbandonedPools {
    private static final Logger LOG = LoggerFactory.getLogger(AbandonedPools.class);

    private final String prefix;
    /** The link to a pool or, after a dot, the directory or the lock that a killed builder has left. */
    private final Pattern file;

    /** @param command whose pools these are */
    AbandonedPools(String command) {
        prefix = command + "-";
        file = Pattern.compile("\\.?" + Pattern.quote(prefix) + "(?<pid>\\d{1,18})(-[0-9a-f]{16}|\\.lock)?");
    }

    /** The name of this process's pool. */
    String nameOfOwn(boolean keep) {
        return (keep ? "kept-" : "") + prefix + ProcessHandle.current().pid();
    }

    /**
     * Removes the pools whose maker is gone and which nobody has open; never fails.
     *
     * @param directory where pools are
     */
    void remove(Path directory) {
        for (long pid : makers(directory)) {
            // A living maker may not have opened yet what it has just made.
            if (ProcessHandle.of(pid).isEmpty()) {
                try {
                    SharedMemoryPool.remove(PoolOptions.named(prefix + pid).withDirectory(directory.toString()));
                } catch (SharedMemoryException e) {
                    // In use by a process that we cannot see, or somebody else's.
                    LOG.info("The pool {}{} stays: {}", prefix, pid, e.getMessage());
                }
            }
        }
    }

    private List<Long> makers(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(found -> file.matcher(found.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> Long.valueOf(name.group("pid")))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            // Whoever makes a pool there next is told what is wrong.
            return List.of();
        }
    }
}
