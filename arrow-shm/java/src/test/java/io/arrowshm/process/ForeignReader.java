package io.arrowshm.process;

import io.arrowshm.LentSegment;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.testing.Opened;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads a lent segment as a runtime does that is no JVM: by its file, under the lock of its byte alone. One thread. */
final class ForeignReader implements AutoCloseable {
    private final ByteLocks leases;

    ForeignReader(Path leases) {
        this.leases = Opened.with(leases, ByteLocks::new);
    }

    /** Takes a lease; false if another one has it, or the segment is gone. */
    boolean take(LentSegment lent) {
        if (!leases.tryLock(lent.slot())) {
            return false;
        }
        if (generation(lent) != lent.generation()) {
            leases.unlock(lent.slot());
            return false;
        }
        return true;
    }

    void giveBack(LentSegment lent) {
        leases.unlock(lent.slot());
    }

    /** Of the segment's bytes. */
    long checksum(LentSegment lent) {
        try (RandomAccessFile file = new RandomAccessFile(lent.file(), "r")) {
            byte[] bytes = new byte[(int) lent.length()];
            file.seek(lent.offset());
            file.readFully(bytes);
            CRC32C checksum = new CRC32C();
            checksum.update(bytes);
            return checksum.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long generation(LentSegment lent) {
        try (RandomAccessFile file = new RandomAccessFile(lent.generations(), "r")) {
            file.seek((long) lent.slot() * Long.BYTES);
            return Long.reverseBytes(file.readLong());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        leases.close();
    }
}
