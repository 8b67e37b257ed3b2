package io.arrowshm.systemtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import io.arrowshm.inspect.PoolInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps what a test that fails has in its pool, for those who look why.
 *
 * @param poolOptions of all tests of the class
 */
public record KeptPool(PoolOptions poolOptions) implements AfterTestExecutionCallback {
    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            Path logs =
                    Path.of("target", "it-logs", context.getRequiredTestClass().getSimpleName());
            write(poolOptions, logs, context.getRequiredTestMethod().getName());
        }
    }

    /** Writes a snapshot to a file in the directory, and prints where it is. */
    public static void write(PoolOptions poolOptions, Path directory, String test) throws IOException {
        Path file = Files.createDirectories(directory).resolve("pool-of-" + test + ".json");
        try (PoolInspector inspector = PoolInspector.open(poolOptions)) {
            new ObjectMapper().writeValue(file.toFile(), inspector.snapshot());
            System.out.println("what the pool held is in " + file);
        } catch (RuntimeException e) {
            System.out.println("the pool cannot be kept: " + e);
        }
    }
}
