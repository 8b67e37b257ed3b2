package io.arrowshm.process;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A named pipe, which everybody has open in both directions: so it outlives each of them with what is in it, and a message
 * is in it whole or not at all. Any thread.
 */
final class Inbox {
    // A pipe holds 64 KiB; the rest is for those who have looked at the same moment.
    private static final int MOST_BYTES = 48 << 10;

    private final FileInputStream in;
    private final FileOutputStream out;

    Inbox(Path pipe) throws IOException {
        RandomAccessFile file = new RandomAccessFile(pipe.toFile(), "rw");
        in = new FileInputStream(file.getFD());
        out = new FileOutputStream(file.getFD());
    }

    static void create(Path pipe) throws IOException, InterruptedException {
        int status = new ProcessBuilder("mkfifo", pipe.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("mkfifo " + pipe + " ended with " + status);
        }
    }

    /** Whether a message would go in now without waiting. */
    boolean hasRoom() {
        try {
            return in.available() < MOST_BYTES;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(StormMessage message) {
        try {
            out.write(message.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null if there is none. For one process. */
    synchronized @Nullable StormMessage poll() {
        try {
            if (in.available() < StormMessage.BYTES) {
                return null;
            }
            byte[] message = new byte[StormMessage.BYTES];
            int read = in.read(message);
            if (read != message.length) {
                throw new IllegalStateException("a message of " + read + " bytes");
            }
            return StormMessage.of(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
