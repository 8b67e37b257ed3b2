package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of other languages. */
final class Tool {
    private static final int NOT_STARTED = 127;
    private static final int MINUTES = 4;

    private Tool() {}

    /**
     * Skips the test if a tool is missing, or fails with CI=true.
     *
     * @param what is missing then
     * @param install what to install
     * @param probe a command that ends well if it is there
     */
    static void require(String what, String install, List<String> probe) throws IOException, InterruptedException {
        Run run = start(Path.of("."), probe);
        if (run.status() != 0) {
            String why = "there is no " + what + ": install " + install + ". " + run.output();
            if ("true".equals(System.getenv("CI"))) {
                fail("with CI=true this must not be skipped: " + why);
            }
            abort("skipped: " + why);
        }
    }

    /** What a command prints; one that fails makes the test fail. */
    static String run(Path directory, List<String> command) throws IOException, InterruptedException {
        Run run = start(directory, command);
        assertThat(run.status()).as("%s: %s", command, run.output()).isZero();
        return run.output();
    }

    private record Run(int status, String output) {}

    private static Run start(Path directory, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .put("CARGO_TARGET_DIR", Cargo.targetDirectory().toString());
            builder.environment().put("CARGO_TERM_COLOR", "never");
            Process process = builder.start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                return new Run(NOT_STARTED, "no end after " + MINUTES + " minutes: " + Files.readString(output));
            }
            return new Run(process.exitValue(), Files.readString(output));
        } catch (IOException cannotStart) {
            return new Run(NOT_STARTED, cannotStart.toString());
        } finally {
            Files.delete(output);
        }
    }
}
