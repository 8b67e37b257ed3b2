package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.SegmentMagic;
import io.arrowshm.internal.memory.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ForkJoinPool;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * A file that somebody has named who wants it read: it may be anybody's and lie anywhere, and is never mapped. All cores read,
 * since most of the time goes into memory that is touched for the first time. For one thread.
 */
final class OutsideFile implements AutoCloseable {
    private static final int PIECE_BYTES = 1 << 20;

    /** Below that, another thread takes longer to begin than this one to read. */
    private static final int LEAST_PART_BYTES = 4 << 20;

    /** So that one that is slow, or comes late, keeps the others waiting for a part of its share only. */
    private static final int PARTS_EACH = 4;

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

    /**
     * Reads it into memory that has room for its length.
     *
     * @param moved is told how many bytes more were read, by any thread
     * @return how many bytes it has, which may be others by now
     */
    long readInto(long address, LongConsumer moved) {
        long most = (ForkJoinPool.getCommonPoolParallelism() + 1L) * PARTS_EACH;
        int parts = (int) Math.max(1, Math.min(most, length / LEAST_PART_BYTES));
        IntStream.range(0, parts)
                .parallel()
                .forEach(part -> readPart(address, length * part / parts, length * (part + 1) / parts, moved));
        try {
            return channel.size();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** What a file lacks that was cut meanwhile stays as it is: its length tells. */
    private void readPart(long address, long from, long to, LongConsumer moved) {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, to - from)];
        try {
            long done = from;
            while (done < to) {
                ByteBuffer into = ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, to - done));
                int read = channel.read(into, done);
                if (read < 0) {
                    return;
                }
                Memory.copy(piece, 0, address + done, read);
                done += read;
                moved.accept(read);
            }
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
