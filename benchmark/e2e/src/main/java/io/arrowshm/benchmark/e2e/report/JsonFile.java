package io.arrowshm.benchmark.e2e.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.arrowshm.jobs.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Path;

/** Results for programs. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /**
     * Writes records as they are.
     *
     * @throws UserErrorException if the file cannot be written
     */
    public static void write(Path file, Object results) {
        try {
            JSON.writeValue(file.toFile(), results);
        } catch (IOException e) {
            throw new UserErrorException("--json %s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }
}
