package io.arrowshm.benchmark.e2e;

import io.arrowshm.jobs.console.Console;

/** The entry point of {@code benchmark/run}; {@link Console} says how it ends. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Console.main(new BenchmarkCommand(), arguments);
    }
}
