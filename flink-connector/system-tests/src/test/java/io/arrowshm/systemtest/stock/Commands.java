package io.arrowshm.systemtest.stock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands as a user does, each until it has ended; what it prints is in a file as well.
 *
 * @param directory where they run, and where what they print is kept
 * @param environment what they find beside this process's own
 */
record Commands(Path directory, Map<String, String> environment) {
    private static final int PATIENCE_MINUTES = 3;

    /** The same commands, which find something else as well. */
    Commands with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Commands(directory, more);
    }

    /** @return what it has printed, once it has ended well */
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
        String text = printed(started);
        assertThat(started.process().exitValue())
                .as("%s, which printed:%n%s", String.join(" ", started.command()), text)
                .isZero();
        return text;
    }

    /** @return what a command has printed that is to fail */
    String fail(String... command) throws IOException, InterruptedException {
        Started started = start(command);
        String text = printed(started);
        assertThat(started.process().exitValue()).as(text).isNotZero();
        return text;
    }

    private static String printed(Started started) throws IOException, InterruptedException {
        if (!started.process().waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            started.process().destroyForcibly().waitFor();
        }
        return Files.readString(started.log());
    }

    /** A command that may not have ended yet. */
    record Started(List<String> command, Process process, Path log) {}
}
