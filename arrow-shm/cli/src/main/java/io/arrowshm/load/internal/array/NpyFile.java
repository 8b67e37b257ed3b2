package io.arrowshm.load.internal.array;

import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.SingleItemFile;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** A file of one NumPy array. Stateless. */
public final class NpyFile {
    private NpyFile() {}

    /** @throws UnsupportedContentException if no array is like that, or it is damaged */
    public static OpenFile open(Path file, String name) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean opened = false;
        try {
            NpyHeader header = NpyHeader.read(Channels.newInputStream(channel));
            if (channel.size() - header.bytes() < header.dataBytes()) {
                throw new UnsupportedContentException("it is truncated: %d bytes follow its header, which says %d"
                        .formatted(channel.size() - header.bytes(), header.dataBytes()));
            }
            ArrayItem item = new ArrayItem(
                    name, "", header.spec(), Map.of(), header.reader(FileBytes.of(channel, header.bytes())));
            opened = true;
            return new SingleItemFile(item, () -> close(channel));
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
