package io.arrowshm.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files below a directory, as they were when it was looked at. */
public final class SavedFiles {
    private final Map<Path, byte[]> bytesOfPath = new TreeMap<>();

    public SavedFiles(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                bytesOfPath.put(directory.relativize(file), Files.readAllBytes(file));
            }
        }
    }

    /** Relative to the directory. */
    public List<Path> paths() {
        return List.copyOf(bytesOfPath.keySet());
    }

    /** A copy of a file's bytes. */
    public byte[] bytes(Path path) {
        return bytesOfPath.get(path).clone();
    }

    /** Makes all files in a directory as they were. */
    public void restore(Path directory) throws IOException {
        for (Map.Entry<Path, byte[]> file : bytesOfPath.entrySet()) {
            write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /** Writes over what is there, which for thousands of times is much faster than beginning with an empty file. */
    public static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        }
    }
}
