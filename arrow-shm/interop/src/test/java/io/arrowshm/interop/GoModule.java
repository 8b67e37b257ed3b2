package io.arrowshm.interop;

import io.arrowshm.testing.Child;
import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Go, for the module in arrow-shm/go. Without it tests are skipped, with CI=true they fail. */
final class GoModule {
    static final Path SOURCES = Path.of("../go").toAbsolutePath().normalize();

    /** The program on command, whose module needs arrow-go. */
    static final Path EXCHANGE = Path.of("src", "test", "go").toAbsolutePath();

    private static final String OLDEST = "1.25";

    private final Path exchange;

    private GoModule(Path exchange) {
        this.exchange = exchange;
    }

    static GoModule build() throws IOException, InterruptedException {
        Path exchange = Path.of("target", "go", "exchange").toAbsolutePath();
        run(EXCHANGE, "build", "-o", exchange.toString(), ".");
        return new GoModule(exchange);
    }

    /** What go prints; a command that fails makes the test fail. */
    static String run(Path directory, String... arguments) throws IOException, InterruptedException {
        Tool.require(
                "there is no go of version " + OLDEST + " or later: install Go",
                List.of("sh", "-c", "go version | grep -E 'go(1\\.(2[5-9]|[3-9][0-9])|[2-9])'"));
        List<String> command = new ArrayList<>(List.of("go"));
        command.addAll(List.of(arguments));
        // What is built is no release: it needs to know nothing of commits.
        return Tool.run(directory, Map.of("GOFLAGS", "-buildvcs=false"), command);
    }

    /** Names of files that gofmt would change. */
    static String unformatted() throws IOException, InterruptedException {
        return Tool.run(Path.of("."), Map.of(), List.of("gofmt", "-l", SOURCES.toString(), EXCHANGE.toString()));
    }

    Child start(String pool) throws IOException {
        return Child.of(new ProcessBuilder(exchange.toString(), pool)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }
}
