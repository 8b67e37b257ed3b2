package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.IOException;
import java.nio.file.Files;

/** A text beside a file that was not adopted, for whoever wrote that: why not. One thread. */
final class RefusalNote {
    private final SafePath note;

    RefusalNote(SafePath refused) {
        note = refused.resolveSibling(refused.name() + PoolFiles.REFUSAL_SUFFIX);
    }

    /** A note that cannot be written is told of in the exception, which the caller gets anyway. */
    void write(SharedMemoryException why) {
        try {
            delete();
            PrivateFiles.createFile(note);
            Files.writeString(note.access(), why.getMessage() + "\n");
        } catch (IOException | SharedMemoryException e) {
            why.addSuppressed(e);
        }
    }

    void delete() {
        PrivateFiles.delete(note);
    }
}
