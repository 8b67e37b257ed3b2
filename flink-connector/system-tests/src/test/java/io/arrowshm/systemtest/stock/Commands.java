package io.arrowshm.systemtest.stock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands as a user does, each until it has ended well; what it prints is in a file as well.
 *
 * @param directory where they run, and where what they print is kept
 * @param environment what they find beside this process's own
 */
record Commands(Path directory, Map<String, String> environment) {
    private static final int PATIENCE_MINUTES = 3;

    /** @return what it has printed */
    String run(String... command) throws IOException, InterruptedException {
        return finish(start(command));
    }

    Started start(String... command) throws IOException {
        Path log = Files.createTempFile(directory, Path.of(command[0]).getFileName() + "-", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // It would stand for the flags of Flink's configuration.
        builder.environment().remove("FLINK_ENV_JAVA_OPTS");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return new Started(List.of(command), builder.start(), log);
    }

    String finish(Started started) throws IOException, InterruptedException {
        if (!started.process().waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            started.process().destroyForcibly();
        }
        int status = started.process().waitFor();
        String text = Files.readString(started.log());
        assertThat(status)
                .as("%s, which printed:%n%s", String.join(" ", started.command()), text)
                .isZero();
        return text;
    }

    /** A command that may not have ended yet. */
    record Started(List<String> command, Process process, Path log) {}
}
