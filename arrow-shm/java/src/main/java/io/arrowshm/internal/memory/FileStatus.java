package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.file.Path;

/**
 * What the operating system says of a file.
 *
 * @param bytes its length
 * @param bytesTaken of memory: less than its length if it has holes
 * @param permissions the last nine bits of its mode
 */
public record FileStatus(long bytes, long bytesTaken, int permissions) {
    // struct statx, which unlike struct stat is the same on every machine.
    private static final int STATX_BYTES = 256;
    private static final int MODE = 28;
    private static final int SIZE = 40;
    private static final int BLOCKS = 48;
    private static final int BLOCK_BYTES = 512;

    private static final int CURRENT_DIRECTORY = -100;
    private static final int BASIC_STATUS = 0x7ff;
    private static final int PERMISSIONS = 0777;

    /**
     * The status of a file or directory.
     *
     * @throws SharedMemoryException ABSENT
     */
    public static FileStatus of(Path path) {
        try (Memory status = new Memory(STATX_BYTES)) {
            LibC.statx(CURRENT_DIRECTORY, path.toString(), 0, BASIC_STATUS, Pointer.nativeValue(status));
            return new FileStatus(
                    status.getLong(SIZE), status.getLong(BLOCKS) * BLOCK_BYTES, status.getShort(MODE) & PERMISSIONS);
        } catch (LastErrorException e) {
            throw new SharedMemoryException(Kind.ABSENT, "cannot look at " + path + ": " + e.getMessage(), e);
        }
    }
}
