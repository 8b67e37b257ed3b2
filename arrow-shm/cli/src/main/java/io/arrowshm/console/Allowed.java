package io.arrowshm.console;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses options whose values are out of range, all in the same words. Stateless. */
public final class Allowed {
    private Allowed() {}

    /** @throws ParameterException if the value is below the least or above the most */
    public static void between(CommandSpec command, String option, long value, long least, long most) {
        require(command, value >= least && value <= most, option, value, least + " to " + most);
    }

    /** @throws ParameterException if the value is below the least */
    public static void atLeast(CommandSpec command, String option, long value, long least) {
        require(command, value >= least, option, value, least + " or more");
    }

    /**
     * @param allowed in words, such as {@code 1 or more}
     * @throws ParameterException if the condition does not hold
     */
    public static void require(CommandSpec command, boolean condition, String option, Object value, String allowed) {
        if (!condition) {
            throw new ParameterException(
                    command.commandLine(), "%s=%s is out of range: allowed is %s".formatted(option, value, allowed));
        }
    }
}
