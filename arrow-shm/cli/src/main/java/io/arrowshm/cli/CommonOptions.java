package io.arrowshm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.PoolOptions;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command understands, and how it answers. */
final class CommonOptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "Where the pools are; by default ARROW_SHM_DIR, else /dev/shm.")
    @Nullable
    String directory;

    @Option(names = "--json", description = "Print one JSON document on one line, with exact bytes.")
    boolean json;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print where an error comes from.")
    boolean verbose;

    /** The options that name a pool in the directory. */
    PoolOptions pool(String name) {
        PoolOptions options = PoolOptions.named(name);
        return directory == null ? options : options.withDirectory(directory);
    }

    /** Where the pools are. */
    String directory() {
        return directory == null ? PoolOptions.defaultDirectory() : directory;
    }

    /** Prints the document or, for people, the text. */
    void answer(Object document, Supplier<String> text) {
        out().println(json ? toJson(document) : text.get());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    static String toJson(Object document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
