package io.arrowshm.benchmark.flink;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows results again. */
@Command(
        name = "page",
        mixinStandardHelpOptions = true,
        description = "Shows the results of an earlier run again, as a table, a page or plots.")
final class PageCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "What --json has written.")
    @SuppressWarnings("NullAway.Init")
    private Path json;

    @Mixin
    private final PageOptions page = new PageOptions();

    @Override
    public Integer call() {
        Results results = new ResultsFile(json).read();
        spec.commandLine().getOut().println(results.text());
        page.write(results);
        return 0;
    }
}
