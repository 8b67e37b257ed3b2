package io.arrowshm.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM beside this one, with its JDK and its class path, that is yet to be started. */
public final class JavaCommand {
    private JavaCommand() {}

    /**
     * The class path goes by the environment, not by an argument: the command line stays readable in a process list.
     *
     * @param main has the main method
     */
    public static ProcessBuilder of(List<String> jvmArguments, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder;
    }
}
