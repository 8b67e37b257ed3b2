package io.arrowshm.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Results for programs. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /**
     * Writes records as they are. A file is replaced as a whole, so that whoever is interrupted finds what there was before;
     * what is a link or no file, such as {@code /dev/stdout}, is written to.
     *
     * @throws UserErrorException if it cannot be written
     */
    public static void write(Path file, Object results) {
        boolean replaceable = Files.notExists(file, LinkOption.NOFOLLOW_LINKS)
                || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        Path written = replaceable ? file.resolveSibling(file.getFileName() + ".part") : file;
        try {
            JSON.writeValue(written.toFile(), results);
            if (replaceable) {
                Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UserErrorException("--json %s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }
}
