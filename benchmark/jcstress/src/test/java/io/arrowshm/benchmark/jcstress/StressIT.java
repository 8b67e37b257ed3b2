package io.arrowshm.benchmark.jcstress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StressIT {
    private static final String TEST_CLASSES = "test-classes";

    /** A short run in every build; -Pstress makes it a long one, with every way to compile that the JVM has. */
    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void noRaceHasAForbiddenOutcome() throws Exception {
        boolean isLong = Boolean.getBoolean("stress.long");
        List<String> options = isLong
                ? List.of("-m", "default", "-jvmArgsPrepend", flags())
                : List.of("-m", "quick", "-f", "1", "-iters", "1", "-time", "200", "-sc", "false", "-jvmArgs", flags());
        String output = stress("shipped", classPath(false), options, 0);
        assertThat(output).contains("Results: ").contains(" passed, 0 failed, 0 soft errs, 0 hard errs");
        assertThat(Path.of("/dev/shm").toFile().list((d, n) -> n.startsWith("arrow-shm-stress-")))
                .isEmpty();
    }

    @Test
    void aRaceThatIsThereIsFound() throws Exception {
        List<String> options = List.of("-m", "quick", "-f", "1", "-iters", "1", "-sc", "false", "-jvmArgs", flags());
        String output = stress("broken", classPath(true), options, 1);
        assertThat(output).contains("One release undid the other.");
    }

    private static String stress(String name, String classPath, List<String> options, int expectedStatus)
            throws IOException, InterruptedException {
        Path directory = Files.createDirectories(Path.of("target", "jcstress", name));
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java", "-cp", classPath, "org.openjdk.jcstress.Main"));
        command.addAll(options);
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            int status = process.waitFor();
            String printed = Files.readString(output);
            assertThat(status).as(printed).isEqualTo(expectedStatus);
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Without this module's tests, or only with them: jcstress reads the first list that it finds. */
    private static String classPath(boolean withTests) {
        String whole = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(whole.split(File.pathSeparator, -1))
                .filter(entry -> withTests || !entry.endsWith(TEST_CLASSES))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .collect(Collectors.joining(" "));
    }
}
