package io.arrowshm.cli;

import io.arrowshm.console.Console;
import io.arrowshm.inspect.RefusedFile;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.inspect.Violation;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: whether everything in a pool is as it must be. */
@Command(
        name = "verify",
        sortOptions = false,
        header = "Verifies every invariant of a pool.",
        description =
                "Verifies every invariant of a pool, also while others work in it, and prints each that does not hold, where, and"
                        + " what stands there. Files of other runtimes that could not be adopted are listed, too.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String pool;

    @Option(
            names = "--deep",
            description = "Open every sealed segment too, in a private copy, and compare its checksum if it has one.")
    private boolean deep;

    /** What is printed. */
    record Verified(
            String name, boolean clean, List<Broken> violations, List<String> notVerified, List<RefusedFile> refused) {}

    /** A violation, with the sentence that does not hold. */
    record Broken(String invariant, String sentence, String where, String what) {
        static Broken of(Violation violation) {
            return new Broken(
                    violation.invariant().name(),
                    violation.invariant().sentence(),
                    violation.where(),
                    violation.what());
        }
    }

    @Override
    public Integer call() {
        Verification found = Verifier.verify(common.pool(pool), deep);
        boolean clean = found.violations().isEmpty();
        Verified verified = new Verified(
                pool,
                clean,
                found.violations().stream().map(Broken::of).toList(),
                found.notVerified(),
                found.refused());
        common.answer(verified, () -> text(found));
        return clean ? 0 : Console.EXIT_FAILURE;
    }

    private static String text(Verification found) {
        Stream<String> violations = found.violations().isEmpty()
                ? Stream.of("clean")
                : found.violations().stream()
                        .map(violation ->
                                violation + "; but " + violation.invariant().sentence());
        String lines = Stream.concat(violations, found.notVerified().stream().map(reason -> "not verified: " + reason))
                .collect(Collectors.joining("\n"));
        return found.refused().isEmpty() ? lines : lines + "\n\n" + Listings.refused(found.refused());
    }
}
