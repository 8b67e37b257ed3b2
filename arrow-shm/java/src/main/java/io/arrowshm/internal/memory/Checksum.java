package io.arrowshm.internal.memory;

import com.sun.jna.Pointer;
import java.util.zip.CRC32C;

/** CRC-32C of memory by address. Any thread. */
public final class Checksum {
    private static final int STEP_BYTES = 1 << 30;

    private Checksum() {}

    /** Checksum of that many bytes, from 0 to 2^32 - 1. */
    public static long crc32c(long address, long length) {
        CRC32C checksum = new CRC32C();
        for (long done = 0; done < length; done += STEP_BYTES) {
            // A buffer has at most 2^31 - 1 bytes; this one only wraps the address.
            checksum.update(new Pointer(address + done).getByteBuffer(0, Math.min(STEP_BYTES, length - done)));
        }
        return checksum.getValue();
    }
}
