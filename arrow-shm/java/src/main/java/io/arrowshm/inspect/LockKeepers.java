package io.arrowshm.inspect;

import io.arrowshm.internal.memory.FileStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processes have the lock of a byte, as far as this user can see them. A lock belongs to an open file description,
 * for which the kernel names no process; so this looks at the descriptors of all of them. Stateless.
 */
final class LockKeepers {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String LOCK = "lock:";
    // As in "lock:	1: OFDLCK  ADVISORY  WRITE -1 00:1a:2043 5 5".
    private static final int FILE = 6;
    private static final int FIRST_BYTE = 7;
    private static final int LAST_BYTE = 8;
    private static final int WORDS = 9;
    private static final String TO_THE_END = "EOF";

    private LockKeepers() {}

    /**
     * Processes other than the one that took the lock which keep it, since it is gone: children of it, that have its
     * descriptors.
     *
     * @param taker process id; nobody is named while it lives
     */
    static List<Long> inheritedFrom(long taker, FileStatus.Identity file, long index) {
        return isGone(taker) ? keepers(file, index) : List.of();
    }

    /** Whether it has ended: also if its parent has not taken notice of that. */
    private static boolean isGone(long processId) {
        try {
            String status = Files.readString(
                    PROCESSES.resolve(Long.toString(processId)).resolve("stat"), StandardCharsets.ISO_8859_1);
            // Behind the name, which may have any characters, in parentheses.
            char state = status.charAt(status.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (IOException e) {
            return true;
        }
    }

    private static List<Long> keepers(FileStatus.Identity file, long index) {
        List<Long> found = new ArrayList<>();
        for (Path process : list(PROCESSES, "[0-9]*")) {
            if (list(process.resolve("fdinfo"), "*").stream()
                    .anyMatch(descriptor -> hasLock(descriptor, file, index))) {
                found.add(Long.parseLong(process.getFileName().toString()));
            }
        }
        return found;
    }

    private static boolean hasLock(Path descriptor, FileStatus.Identity file, long index) {
        try {
            return Files.readString(descriptor, StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith(LOCK))
                    .anyMatch(line -> isOf(line.split("\\s+"), file, index));
        } catch (IOException e) {
            // Closed meanwhile, or the process has ended.
            return false;
        }
    }

    private static boolean isOf(String[] words, FileStatus.Identity file, long index) {
        return words.length == WORDS
                && words[FILE].equals(file.inLocks())
                && Long.parseLong(words[FIRST_BYTE]) <= index
                && (words[LAST_BYTE].equals(TO_THE_END) || index <= Long.parseLong(words[LAST_BYTE]));
    }

    /** Nothing if it is gone, or another user's. */
    private static List<Path> list(Path directory, String pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, pattern)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return found;
    }
}
