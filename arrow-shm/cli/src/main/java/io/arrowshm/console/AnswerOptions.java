package io.arrowshm.console;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Stack;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How every command answers: in words or as JSON, and with how much about an error. A mixin. */
public class AnswerOptions {
    private static final Path STANDARD_OUTPUT = Path.of("-");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--json",
            arity = "0..1",
            paramLabel = "FILE",
            preprocessor = FileOnlyBehindEquals.class,
            description = "Print one JSON document on one line and nothing else; with =FILE, write it to that file.")
    private @Nullable Path json;

    @Option(
            names = {Console.VERBOSE, "-v"},
            description = "Print where an error comes from.")
    @SuppressWarnings("UnusedVariable") // Console asks what was parsed: it knows no command's fields.
    private boolean verbose;

    /** Whether JSON goes to standard output, where nothing else may stand then. */
    public final boolean printsJson() {
        return STANDARD_OUTPUT.equals(json);
    }

    /** The file that JSON goes to; null if there is none. */
    public final @Nullable Path jsonFile() {
        return printsJson() ? null : json;
    }

    /**
     * Finds out, before anything starts, whether the file can be written.
     *
     * @throws UserErrorException if it cannot
     */
    public final void check() {
        Path file = jsonFile();
        if (file != null) {
            OutputFiles.check("--json", file);
        }
    }

    /** Where to write for people: standard output, or standard error if JSON goes there. */
    public final PrintWriter forPeople() {
        return printsJson() ? spec.commandLine().getErr() : spec.commandLine().getOut();
    }

    /**
     * Prints the document if it was asked for, else the text, see {@link Shown}; and writes the file that was asked for.
     *
     * @throws UserErrorException if the file cannot be written
     */
    public final void answer(Object document, Supplier<String> text) {
        spec.commandLine().getOut().println(printsJson() ? Json.line(document) : Shown.lines(text.get()));
        Path file = jsonFile();
        if (file != null) {
            Json.write(file, document);
        }
    }

    /** A file stands behind an equals sign: after a blank it would swallow the name of a pool. */
    private static final class FileOnlyBehindEquals implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's interface.
        public boolean preprocess(
                Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            if (" ".equals(info.get("separator"))) {
                arguments.push(STANDARD_OUTPUT.toString());
            }
            return false;
        }
    }
}
