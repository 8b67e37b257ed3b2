package io.arrowshm.benchmark.flink;

import io.arrowshm.cluster.SerializedFailures;
import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import java.util.List;

/** The entry point of {@code benchmark/run}; {@link Console} says how it ends. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        new Console(Failures.of(SerializedFailures::original, List.of())).main(new BenchmarkCommand(), arguments);
    }
}
