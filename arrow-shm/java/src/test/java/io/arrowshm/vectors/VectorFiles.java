package io.arrowshm.vectors;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The files of the test vectors, whose README says what is in them. Stateless. */
public final class VectorFiles {
    static final Path DIRECTORY = Path.of("..", "format", "vectors");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private VectorFiles() {}

    public static JsonNode json(String file) {
        try {
            return JSON.readTree(Files.readString(DIRECTORY.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As plain maps, lists, texts, Long, Boolean and null. */
    public static Object plain(JsonNode node) {
        return JSON.convertValue(node, Object.class);
    }

    /** The files in an archive, by path. */
    public static Map<String, byte[]> archive(String file) {
        return archive(DIRECTORY.resolve(file));
    }

    /** The files that lie in a directory of these and may be segments, by name. */
    public static Map<String, byte[]> files(String directory) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(DIRECTORY.resolve(directory), "*.arrow*")) {
            for (Path file : found) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    static Map<String, byte[]> archive(Path file) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
