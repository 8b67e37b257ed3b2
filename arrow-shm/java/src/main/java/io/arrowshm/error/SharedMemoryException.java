package io.arrowshm.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of this library. Its {@link Kind} says what the caller can do; its message is one line that names
 * what came, what was allowed and what to do.
 */
public final class SharedMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, by what can be done about it. */
    public enum Kind {
        /** There is no pool, file or directory of that name: create it or correct the name. */
        ABSENT,
        /** There is something of that name already: choose another name, or say that it is to be overwritten. */
        EXISTS,
        /** The pool, the shared-memory file system or private memory has no room: release segments, or make it larger. */
        FULL,
        /** A fixed table (participants, epochs, channels) has no free place: close something. */
        EXHAUSTED,
        /** The reference is to a segment that has been freed since: never retry. */
        STALE_REFERENCE,
        /** The segment, writer or pool was closed before: a mistake in the calling code. */
        CLOSED,
        /** The bytes are not a segment that this library can read: never retry. */
        CORRUPT,
        /** Another version of the format: use the version of the library that wrote it. */
        WRONG_VERSION,
        /** The operating system refused access: look at owner and mode of the files. */
        NO_PERMISSION,
        /** Another process or thread uses it: wait, or end that one. */
        IN_USE,
        /** The argument is out of range. */
        ARGUMENT,
        /** The JVM was started without a flag that is needed: start it with the flag. */
        MISSING_JVM_FLAG,
        /** A system call failed in a way that has no remedy here. */
        SYSTEM
    }

    private final Kind kind;

    public SharedMemoryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public SharedMemoryException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }

    public Kind kind() {
        return kind;
    }
}
