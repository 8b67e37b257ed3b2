package io.arrowshm.internal.arrow;

import com.github.luben.zstd.Zstd;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * How the buffers of a record batch are compressed: each by itself, behind its length. By the libraries that Arrow Java's
 * own module does it with, straight into the memory where the bytes are to be. Stateless.
 */
enum BodyCompression {
    NONE,
    LZ4_FRAME,
    ZSTD;

    /** Stands for the length of a buffer that would not have become smaller. */
    private static final long NOT_COMPRESSED = -1;

    /** Neither can make more of a byte: the longest of a zstd block's runs. */
    private static final long MOST_OF_ONE_BYTE = 1 << 17;

    /** @throws DamagedException if it is another one */
    static BodyCompression of(org.apache.arrow.flatbuf.@Nullable BodyCompression compression) {
        if (compression == null) {
            return NONE;
        }
        if (compression.method() == BodyCompressionMethod.BUFFER) {
            if (compression.codec() == CompressionType.LZ4_FRAME) {
                return LZ4_FRAME;
            }
            if (compression.codec() == CompressionType.ZSTD) {
                return ZSTD;
            }
        }
        throw new DamagedException("its batches are compressed by method " + compression.method() + " and codec "
                + compression.codec() + ", allowed are lz4 and zstd by buffer");
    }

    /**
     * Bytes that a buffer has when it is not compressed any more.
     *
     * @throws DamagedException if there cannot be so many
     */
    long plainBytes(ArrowBuf buffer) {
        if (this == NONE || buffer.capacity() == 0) {
            return buffer.capacity();
        }
        long stored = storedBytes(buffer);
        long plain = Memory.getLong(buffer.memoryAddress());
        if (plain == NOT_COMPRESSED) {
            return stored;
        }
        if (plain < 0 || plain / MOST_OF_ONE_BYTE > stored) {
            throw new DamagedException("a buffer of " + stored + " compressed bytes is said to have " + plain);
        }
        return plain;
    }

    /**
     * Writes them.
     *
     * @param bytes how many there are
     * @throws DamagedException if there are not just as many
     * @throws SharedMemoryException ARGUMENT if the library for it is not on the class path
     */
    void copyPlain(ArrowBuf buffer, long target, long bytes) {
        if (bytes == 0) {
            return;
        }
        long source = buffer.memoryAddress();
        if (this == NONE) {
            Memory.copy(source, target, bytes);
        } else if (Memory.getLong(source) == NOT_COMPRESSED) {
            Memory.copy(source + Long.BYTES, target, bytes);
        } else {
            try {
                decompress(source + Long.BYTES, storedBytes(buffer), target, bytes);
            } catch (NoClassDefFoundError e) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "the file is compressed with " + (this == ZSTD ? "zstd" : "lz4") + "; add "
                                + (this == ZSTD ? "com.github.luben:zstd-jni" : "org.apache.commons:commons-compress")
                                + " to the class path, or write it without compression",
                        e);
            }
        }
    }

    private void decompress(long source, long stored, long target, long bytes) {
        if (this == ZSTD) {
            long written = Zstd.decompressUnsafe(target, bytes, source, stored);
            if (Zstd.isError(written) || written != bytes) {
                throw wrong(bytes, Zstd.isError(written) ? Zstd.getErrorName(written) : "it has " + written);
            }
        } else {
            long written = Lz4Frame.decompress(source, stored, target, bytes);
            if (written != bytes) {
                throw wrong(bytes, "it has " + written);
            }
        }
    }

    private static DamagedException wrong(long bytes, String why) {
        return new DamagedException("a compressed buffer is said to have " + bytes + " bytes: " + why);
    }

    private static long storedBytes(ArrowBuf buffer) {
        if (buffer.capacity() < Long.BYTES) {
            throw new DamagedException("a compressed buffer of " + buffer.capacity() + " bytes has no length");
        }
        return buffer.capacity() - Long.BYTES;
    }
}
