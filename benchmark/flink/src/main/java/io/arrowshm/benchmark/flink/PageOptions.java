package io.arrowshm.benchmark.flink;

import io.arrowshm.console.UserErrorException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where results are drawn. */
final class PageOptions {
    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with plots.")
    private @Nullable Path html;

    @Option(names = "--png", paramLabel = "FOLDER", description = "Writes each plot to a file of its own.")
    private @Nullable Path png;

    /** @throws UserErrorException if a file cannot be written */
    void write(Results results) {
        if (html != null) {
            new Page(results).write(html);
        }
        if (png != null) {
            Plots.write(results, png);
        }
    }
}
