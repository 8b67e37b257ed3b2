package io.arrowshm.jobs;

import io.arrowshm.console.Console;
import io.arrowshm.jobs.images.ImagesCommand;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of {@code jobs/run}; {@link Console} says how it ends. */
@Command(
        name = "jobs/run",
        description = "Jobs that run on a Flink cluster of several processes on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = ImagesCommand.class)
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] arguments) {
        new Console(ImagesCommand.FAILURES).main(new Main(), arguments);
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new Console(ImagesCommand.FAILURES).run(new Main(), arguments, out, err);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a job is missing: images, or --help");
    }
}
