package io.arrowshm.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Results for programs: records are written as they are. For any thread. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectWriter INDENTED = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    /** An object to put figures into. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The document on one line. */
    public static String line(Object document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a document to the file of {@code --json=FILE}. A file is replaced as a whole, so that whoever is interrupted
     * finds what there was before; what is a link or no file, such as {@code /dev/stdout}, is written to.
     *
     * @throws UserErrorException if it cannot be written
     */
    public static void write(Path file, Object document) {
        boolean replaceable = Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
                || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        Path written = replaceable ? file.resolveSibling(file.getFileName() + ".part") : file;
        try {
            INDENTED.writeValue(written.toFile(), document);
            if (replaceable) {
                Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UserErrorException("--json=%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }
}
