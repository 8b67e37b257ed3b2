package io.arrowshm.benchmark.report;

import io.arrowshm.console.Json;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How the commands that have no page show what they have measured. */
public final class ReportOptions {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all runs, and what they ran on, to a file.")
    private @Nullable Path json;

    /**
     * Prints a table and what it was measured on, and writes the file that was asked for.
     *
     * @param results with the machine in it
     * @throws io.arrowshm.console.UserErrorException if the file cannot be written
     */
    public void show(String table, Machine machine, Object results) {
        command.commandLine().getOut().println(table);
        command.commandLine().getOut().println(machine.text());
        if (json != null) {
            Json.write(json, results);
        }
    }
}
