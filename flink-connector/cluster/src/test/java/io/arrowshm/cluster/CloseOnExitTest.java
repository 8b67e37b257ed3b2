package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CloseOnExitTest {
    /** SIGTERM's exit status. */
    private static final int TERMINATED = 143;

    /** Closes one of two, twice, and waits to be stopped. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            int before = hooks();
            CloseOnExit first = new CloseOnExit("first", () -> System.out.println("first closed"));
            CloseOnExit second = new CloseOnExit("second", () -> System.out.println("second closed"));
            first.begin();
            second.begin();
            System.out.println("hooks " + (hooks() - before));
            first.close();
            first.close();
            System.out.println("hooks " + (hooks() - before));
            new CountDownLatch(1).await();
        }

        private static int hooks() throws ReflectiveOperationException {
            Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            hooks.setAccessible(true);
            return ((Map<?, ?>) hooks.get(null)).size();
        }
    }

    @Test
    void whatWasClosedIsNotClosedAgainAndTheRestIsWhenTheJvmIsStopped() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FlinkJvmFlags.SHIPPED);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("hooks 2");
            assertThat(out.readLine()).isEqualTo("first closed");
            assertThat(out.readLine()).isEqualTo("hooks 1");
            // Not Process.destroy, which closes the output.
            process.toHandle().destroy();
            assertThat(out.lines()).containsExactly("second closed");
            assertThat(process.waitFor()).isEqualTo(TERMINATED);
        } finally {
            process.destroyForcibly();
        }
    }
}
