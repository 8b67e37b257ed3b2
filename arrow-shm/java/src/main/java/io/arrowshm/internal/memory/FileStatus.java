package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system says of a file, a directory or a link, which is not followed.
 *
 * @param type what it is
 * @param owner user id
 * @param permissions the last nine bits of its mode
 * @param bytes its length
 * @param bytesTaken of memory: less than its length if it has holes
 * @param identity the same for two names of one file only
 */
public record FileStatus(Type type, int owner, int permissions, long bytes, long bytesTaken, Identity identity) {
    // struct statx, which unlike struct stat is the same on every machine.
    private static final int STATX_BYTES = 256;
    private static final int OWNER = 20;
    private static final int MODE = 28;
    private static final int INODE = 32;
    private static final int SIZE = 40;
    private static final int BLOCKS = 48;
    private static final int BLOCK_BYTES = 512;
    private static final int DEVICE = 136;

    private static final int NO_FOLLOW = 0x100;
    private static final int DESCRIPTOR_ITSELF = 0x1000;
    private static final int BASIC_STATUS = 0x7ff;
    private static final int PERMISSIONS = 0777;
    private static final int WRITE_OF_OTHERS = 022;

    /** Of what a pool has, and all the rest. */
    public enum Type {
        FILE,
        DIRECTORY,
        LINK,
        OTHER;

        private static final int MASK = 0170000;

        static Type of(int mode) {
            return switch (mode & MASK) {
                case 0100000 -> FILE;
                case 0040000 -> DIRECTORY;
                case 0120000 -> LINK;
                default -> OTHER;
            };
        }
    }

    /**
     * The same for all names of a file.
     *
     * @param device its major number in the lower half, its minor number in the upper one
     */
    public record Identity(long device, long inode) {
        /** As {@code /proc} names the file of a lock. */
        public String inLocks() {
            return String.format(Locale.ROOT, "%02x:%02x:%d", (int) device, (int) (device >>> Integer.SIZE), inode);
        }
    }

    /**
     * The status of what has the name.
     *
     * @throws SharedMemoryException ABSENT
     */
    public static FileStatus of(SafePath path) {
        FileStatus status = ifThere(path);
        if (status == null) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no " + path);
        }
        return status;
    }

    /** Null if nothing has the name. */
    public static @Nullable FileStatus ifThere(SafePath path) {
        if (path.relative().isEmpty()) {
            // What its descriptor is called is a link.
            return path.directory().status();
        }
        try {
            return of(path.directory().descriptor(), path.relative(), NO_FOLLOW);
        } catch (LastErrorException e) {
            if (e.getErrorCode() == LibC.ENOENT) {
                return null;
            }
            throw cannotLook(path, e);
        }
    }

    /** @param path of the open file, for messages */
    static FileStatus of(int descriptor, SafePath path) {
        try {
            return of(descriptor, "", DESCRIPTOR_ITSELF);
        } catch (LastErrorException e) {
            throw cannotLook(path, e);
        }
    }

    private static FileStatus of(int directory, String path, int flags) {
        try (Memory status = new Memory(STATX_BYTES)) {
            LibC.statx(directory, path, flags, BASIC_STATUS, Pointer.nativeValue(status));
            return new FileStatus(
                    Type.of(status.getShort(MODE)),
                    status.getInt(OWNER),
                    status.getShort(MODE) & PERMISSIONS,
                    status.getLong(SIZE),
                    status.getLong(BLOCKS) * BLOCK_BYTES,
                    new Identity(status.getLong(DEVICE), status.getLong(INODE)));
        }
    }

    private static SharedMemoryException cannotLook(SafePath path, LastErrorException e) {
        return new SharedMemoryException(Kind.SYSTEM, "cannot look at " + path + ": " + e.getMessage(), e);
    }

    /** Whether it belongs to the user as whom this process runs; root, too, has its own files only. */
    public boolean isOwn() {
        return owner == LibC.geteuid();
    }

    /**
     * Refuses what this user alone has not made.
     *
     * @param path of it, for the message
     * @throws SharedMemoryException NO_PERMISSION if it belongs to another user or others can write it; CORRUPT if it is
     *     something else
     */
    public void requirePrivate(SafePath path, Type expected) {
        requireOwn(path);
        if (type != expected) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    path + " is no " + (expected == Type.FILE ? "regular file" : "directory")
                            + "; remove it, or use another name");
        }
        if ((permissions & WRITE_OF_OTHERS) != 0) {
            throw new SharedMemoryException(
                    Kind.NO_PERMISSION,
                    path + " can be written by other users (mode 0" + Integer.toOctalString(permissions)
                            + "), so that nothing in it can be relied on; remove it, or use another name");
        }
    }

    /** @throws SharedMemoryException NO_PERMISSION if it belongs to another user */
    public void requireOwn(SafePath path) {
        if (!isOwn()) {
            throw new SharedMemoryException(
                    Kind.NO_PERMISSION,
                    path + " belongs to another user (id " + Integer.toUnsignedString(owner) + ", this process runs as "
                            + Integer.toUnsignedString(LibC.geteuid())
                            + "); run as that user, or use another name or directory");
        }
    }
}
