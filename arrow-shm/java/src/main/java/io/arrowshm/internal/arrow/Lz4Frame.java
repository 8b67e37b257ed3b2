package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/** The only class that cannot be loaded without the library for lz4, which need not be there. Stateless. */
final class Lz4Frame {
    private static final int CHUNK_BYTES = 1 << 16;

    private Lz4Frame() {}

    /**
     * Decompresses a frame of less than 2 GiB.
     *
     * @param room bytes that may be written
     * @return how many were
     * @throws DamagedException if it cannot be decompressed, or has more
     */
    static long decompress(long source, long sourceBytes, long target, long room) {
        if (sourceBytes > Integer.MAX_VALUE) {
            throw new DamagedException(
                    "a buffer has " + sourceBytes + " compressed bytes, allowed " + Integer.MAX_VALUE);
        }
        byte[] chunk = new byte[CHUNK_BYTES];
        long done = 0;
        try (InputStream in =
                new FramedLZ4CompressorInputStream(new ByteArrayInputStream(Memory.bytes(source, (int) sourceBytes)))) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (read > room - done) {
                    throw new DamagedException("a compressed buffer has more than the " + room + " bytes it says");
                }
                Memory.copy(chunk, 0, target + done, read);
                done += read;
            }
        } catch (IOException e) {
            throw new DamagedException("a buffer cannot be decompressed: " + e.getMessage());
        }
        return done;
    }
}
