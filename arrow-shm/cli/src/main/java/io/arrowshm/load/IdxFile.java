package io.arrowshm.load;

import io.arrowshm.load.file.UnreadableFileException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A gzipped IDX file of unsigned bytes, the format of MNIST and its relatives, read from front to back. The header is
 * checked when the file is opened, the length when its end is reached: whoever reads until {@link #read} returns 0
 * has seen exactly what the header promised.
 *
 * <p>Every failure is an {@link UnreadableFileException}. For one thread; closed by whoever opened it.
 */
public final class IdxFile implements AutoCloseable {
    /** Deflate cannot do better, so a header that promises more than this is wrong before anything is allocated. */
    private static final long MOST_BYTES_PER_COMPRESSED_BYTE = 1032;

    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final DataInputStream stream;
    private final IdxHeader header;
    private int itemsRead;

    private IdxFile(String name, DataInputStream stream, IdxHeader header) {
        this.name = name;
        this.stream = stream;
        this.header = header;
    }

    /**
     * Opens a file and reads its header.
     *
     * @param dimensionCount the dimensions it must have, the count of items included: 1 for labels, 3 for images
     */
    public static IdxFile open(Path file, int dimensionCount) {
        String name = file.toString();
        try {
            if (Files.isDirectory(file)) {
                throw new UnreadableFileException(name, "a directory", "a gzipped IDX file", "name the file itself");
            }
            long compressedBytes = Files.size(file);
            IdxFile opened = open(name, Files.newInputStream(file), dimensionCount);
            if (opened.header.bodyBytes() / MOST_BYTES_PER_COMPRESSED_BYTE > compressedBytes) {
                opened.close();
                throw truncated(name, opened.header, null);
            }
            return opened;
        } catch (NoSuchFileException e) {
            throw new UnreadableFileException(
                    name, "no such file", "a gzipped IDX file", "put it there or name another directory", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * Opens a stream of compressed bytes, which is closed with the result, and also if opening fails.
     *
     * @param name what errors call it
     */
    public static IdxFile open(String name, InputStream compressed, int dimensionCount) {
        try {
            try {
                DataInputStream stream = new DataInputStream(
                        new BufferedInputStream(new GZIPInputStream(compressed, BUFFER_BYTES), BUFFER_BYTES));
                return new IdxFile(name, stream, IdxHeader.read(stream, name, dimensionCount));
            } catch (IOException | RuntimeException e) {
                compressed.close();
                throw e;
            }
        } catch (EOFException e) {
            throw new UnreadableFileException(
                    name, "truncated in its header", "a whole gzipped IDX file", "fetch the file again", e);
        } catch (ZipException e) {
            throw new UnreadableFileException(
                    name, "not a gzip file", "IDX compressed by gzip", "compress it with gzip or fetch it again", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /** Items in the file, according to its header. */
    public int count() {
        return header.count();
    }

    /** Bytes of one item. */
    public int itemBytes() {
        return header.itemBytes();
    }

    /** All dimensions, for example 60000x28x28. */
    public String shape() {
        return header.shape();
    }

    /**
     * Reads the next items, as many whole ones as fit.
     *
     * @return how many items were read: 0 only at the end, which has then been checked
     * @throws IllegalArgumentException if not even one item fits
     * @throws UnreadableFileException if the file has fewer or more bytes than its header promises
     */
    public int read(byte[] target, int offset, int length) {
        int wanted = Math.min(header.count() - itemsRead, header.itemBytes() == 0 ? 0 : length / header.itemBytes());
        if (wanted == 0 && itemsRead < header.count() && header.itemBytes() > 0) {
            throw new IllegalArgumentException(
                    "no room for an item: length=%d itemBytes=%d".formatted(length, header.itemBytes()));
        }
        try {
            if (wanted == 0) {
                checkEnd();
                return 0;
            }
            stream.readFully(target, offset, wanted * header.itemBytes());
        } catch (EOFException e) {
            throw truncated(name, header, e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        itemsRead += wanted;
        return wanted;
    }

    /** Closes the file; what was not read stays unchecked. */
    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private void checkEnd() throws IOException {
        // Also makes the decompressor verify its checksum, which it does only when it meets the end.
        if (stream.read() >= 0) {
            throw new UnreadableFileException(
                    name,
                    "bytes after the last item",
                    "%s, %d bytes".formatted(header.shape(), header.bodyBytes()),
                    "fetch the file again");
        }
    }

    private static UnreadableFileException truncated(String name, IdxHeader header, @Nullable Throwable cause) {
        return new UnreadableFileException(
                name,
                "truncated",
                "%s, %d bytes, as its header says".formatted(header.shape(), header.bodyBytes()),
                "fetch the file again",
                cause);
    }

    private static UnreadableFileException unreadable(String name, IOException cause) {
        return new UnreadableFileException(
                name,
                "unreadable (%s: %s)".formatted(cause.getClass().getSimpleName(), cause.getMessage()),
                "a gzipped IDX file",
                "check its permissions or fetch it again",
                cause);
    }
}
