package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.testing.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a tmpfs of its own, that nobody else sees: this needs the right to mount, which few containers have. */
class FullMemoryIT {
    private static final String MOUNT_AND_RUN = "mount -t tmpfs -o size=64m tmpfs \"$0\" && exec \"$@\"";

    @TempDir
    private Path directory;

    @Test
    void aFullTmpfsIsAClearErrorForEveryAllocationAndNeverADeadProcess() throws Exception {
        assumeTrue(mayMount(), "unshare -m and mount are not allowed here: a full tmpfs cannot be tested");
        Path crash = directory.resolve("hs_err.log");
        Path mountPoint = java.nio.file.Files.createDirectory(directory.resolve("tmpfs"));
        try (Child child = Child.start(
                wrapper(mountPoint),
                List.of("-XX:ErrorFile=" + crash),
                FullMemoryProcess.class,
                mountPoint.toString())) {
            String line = child.read();
            while (line != null && !line.equals("done")) {
                System.out.println("full memory: " + line);
                line = child.read();
            }
            assertThat(line).isEqualTo("done");
            assertThat(child.exitStatus()).isZero();
        }
        assertThat(crash).doesNotExist();
    }

    private static List<String> wrapper(Path mountPoint) {
        return List.of("unshare", "-m", "sh", "-c", MOUNT_AND_RUN, mountPoint.toString());
    }

    private boolean mayMount() throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(wrapper(directory));
        command.add("true");
        try {
            Process process = new ProcessBuilder(command).start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
