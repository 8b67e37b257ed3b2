package io.arrowshm.jobs;

import io.arrowshm.console.Console;
import io.arrowshm.jobs.images.ImagesCommand;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The entry point of {@code jobs/run}; {@link Console} says how it ends. */
@Command(
        name = "jobs/run",
        description = "Jobs that run on a Flink cluster of several processes on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = ImagesCommand.class)
public final class Main implements Runnable {
    private static final String LIST = "list";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Names of jobs are subcommands, so what is left for this is no job. */
    @Parameters(arity = "0..1", hidden = true)
    private @Nullable String unknown;

    private Main() {}

    public static void main(String[] arguments) {
        new Console(ImagesCommand.FAILURES).main(commands(), arguments);
    }

    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        return new Console(ImagesCommand.FAILURES).run(commands(), arguments, out, err);
    }

    /** The commands, fresh: a call leaves in them what it was given. */
    static CommandSpec commands() {
        CommandSpec commands = CommandSpec.forAnnotatedObject(new Main());
        for (Example example : Example.ALL) {
            commands.addSubcommand(example.name(), ExampleCommand.of(example));
        }
        for (MapExample example : MapExample.ALL) {
            commands.addSubcommand(example.name(), MapExampleCommand.of(example));
        }
        return commands;
    }

    @Override
    public void run() {
        if (unknown != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no job " + unknown + ", allowed: " + String.join(", ", jobs().keySet()));
        }
        list();
    }

    @Command(name = LIST, description = "Lists the jobs.", mixinStandardHelpOptions = true)
    void list() {
        PrintWriter out = spec.commandLine().getOut();
        jobs().forEach((name, job) -> out.printf("%-28s %s%n", name, summary(job)));
    }

    /** The first sentence of the description. */
    private static String summary(CommandLine job) {
        String description =
                String.join(" ", job.getCommandSpec().usageMessage().description());
        return description.substring(0, description.indexOf('.') + 1);
    }

    private Map<String, CommandLine> jobs() {
        Map<String, CommandLine> jobs = new LinkedHashMap<>(spec.subcommands());
        jobs.remove(LIST);
        return jobs;
    }
}
