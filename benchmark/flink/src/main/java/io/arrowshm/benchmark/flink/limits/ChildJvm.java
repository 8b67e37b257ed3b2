package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.cluster.JavaCommand;
import io.arrowshm.cluster.SupervisedMain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A JVM beside this one, with its class path, whose errors are shown as this one's. It ends with this one. */
final class ChildJvm implements AutoCloseable {
    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /** @param main public, with a main method */
    static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        List<String> supervised = new ArrayList<>(List.of(main.getName()));
        supervised.addAll(List.of(arguments));
        ProcessBuilder builder = JavaCommand.of(List.of(), SupervisedMain.class, supervised)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        return new ChildJvm(builder.start());
    }

    /** Kills it, unless it has ended, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
