package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.names.IncomingFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A file of another runtime that could not become a segment, and stays until somebody deletes it or has it adopted.
 *
 * @param name in the folder {@code incoming}
 * @param reason why not
 * @param refusedAtMs milliseconds since 1970
 */
public record RefusedFile(String name, String reason, long refusedAtMs) {
    private static final int MOST_BYTES = 1 << 12;

    /** All of a pool, those that were refused first at the beginning. */
    static List<RefusedFile> in(IncomingFiles incoming) {
        return incoming.refused().stream()
                .map(name -> read(name, incoming.refusal(name)))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(RefusedFile::refusedAtMs).thenComparing(RefusedFile::name))
                .toList();
    }

    /** Nothing if it has just gone. */
    private static Optional<RefusedFile> read(String name, SafePath note) {
        try {
            long at = Files.getLastModifiedTime(note.access(), LinkOption.NOFOLLOW_LINKS)
                    .toMillis();
            return Optional.of(new RefusedFile(name, reason(note), at));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String reason(SafePath note) {
        try {
            return new String(PrivateFiles.read(note, MOST_BYTES), StandardCharsets.UTF_8).strip();
        } catch (SharedMemoryException e) {
            return e.kind() == Kind.ABSENT ? "" : "it cannot be read why: " + e.getMessage();
        }
    }
}
