package io.arrowshm.benchmark.report;

import io.arrowshm.console.Allowed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How often commands measure the same, to show the run in the middle. */
public final class RoundsOption {
    private static final int USUAL = 5;
    private static final int QUICK = 3;

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Runs of everything, in turn; by default " + USUAL + ", with --quick " + QUICK + ".")
    private @Nullable Integer rounds;

    /** @throws ParameterException if it is less than 1 */
    public int count(boolean quick) {
        if (rounds == null) {
            return quick ? QUICK : USUAL;
        }
        Allowed.atLeast(command, "--rounds", rounds, 1);
        return rounds;
    }
}
