package io.arrowshm.load.internal.array;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/** Elements in files and streams. Stateless. */
public final class FileBytes {
    private static final String TRUNCATED = "it ends before its last element";

    private FileBytes() {}

    /** Those of a file, anywhere; for any thread. */
    public static RowReader.ByteSource of(FileChannel file, long dataOffset) {
        return new RowReader.ByteSource() {
            @Override
            public void read(long offset, ByteBuffer into) {
                try {
                    for (long at = dataOffset + offset; into.hasRemaining(); ) {
                        int read = file.read(into, at);
                        if (read < 0) {
                            throw new EOFException(TRUNCATED);
                        }
                        at += read;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public boolean isSeekable() {
                return true;
            }
        };
    }

    /** Those of memory. */
    public static RowReader.ByteSource of(ByteBuffer elements) {
        return (offset, into) ->
                into.put(elements.slice(elements.position() + Math.toIntExact(offset), into.remaining()));
    }

    /** Those of a stream, from front to back; what is not wanted is skipped. Closing it is left to the caller. */
    public static RowReader.ByteSource of(InputStream stream) {
        ReadableByteChannel channel = Channels.newChannel(stream);
        long[] position = {0};
        return (offset, into) -> {
            try {
                stream.skipNBytes(offset - position[0]);
                position[0] = offset + into.remaining();
                while (into.hasRemaining()) {
                    if (channel.read(into) < 0) {
                        throw new EOFException(TRUNCATED);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
