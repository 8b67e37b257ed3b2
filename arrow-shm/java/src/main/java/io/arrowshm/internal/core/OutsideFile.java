package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.SegmentMagic;
import io.arrowshm.internal.memory.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that somebody has named who wants it read: it may be anybody's and lie anywhere, and is never mapped. One thread. */
final class OutsideFile implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long length;

    private OutsideFile(Path path, FileChannel channel, long length) {
        this.path = path;
        this.channel = channel;
        this.length = length;
    }

    /** @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION */
    static OutsideFile open(Path path) {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new SharedMemoryException(Kind.ARGUMENT, "cannot read " + path + ": it is no file");
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            OutsideFile file = new OutsideFile(path, channel, channel.size());
            boolean known = false;
            try {
                file.check();
                known = true;
                return file;
            } finally {
                if (!known) {
                    file.close();
                }
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private void check() throws IOException {
        if (length == 0) {
            throw new SharedMemoryException(Kind.ARGUMENT, "cannot adopt " + path + ": it is empty");
        }
        // Not closed: the channel is this one's.
        @SuppressWarnings("resource")
        InputStream start = Channels.newInputStream(channel);
        Adoption.checkMagic(path, start.readNBytes(SegmentMagic.BYTES));
        channel.position(0);
    }

    /** In bytes, when it was opened. */
    long length() {
        return length;
    }

    /** Reads it into memory that has room for its length; returns how many bytes it has, which may be more by now. */
    long readInto(long address) {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length + 1)];
        // Not closed: the channel is this one's.
        @SuppressWarnings("resource")
        InputStream in = Channels.newInputStream(channel);
        try {
            long done = 0;
            for (int read = in.read(piece); read > 0 && done <= length; read = in.read(piece)) {
                Memory.copy(piece, 0, address + done, Math.min(read, length - done));
                done += read;
            }
            return done;
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static SharedMemoryException failed(Path path, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new SharedMemoryException(Kind.ABSENT, "cannot read " + path + ": it is not there", e);
        }
        if (e instanceof AccessDeniedException) {
            return new SharedMemoryException(Kind.NO_PERMISSION, "cannot read " + path + ": permission denied", e);
        }
        return new SharedMemoryException(Kind.SYSTEM, "cannot read " + path + ": " + e, e);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }
}
