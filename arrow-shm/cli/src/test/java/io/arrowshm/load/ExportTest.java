package io.arrowshm.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final int ROUNDS = 20;
    private static final long TIMEOUT_SECONDS = 60;

    @RegisterExtension
    final TestPool pool = TestPool.ofBytes(4 << 20, 64);

    @TempDir
    private Path folder;

    @Test
    void twoThatWriteToOneFileDoNotMeetAndWhatIsTheUsersStays() throws Exception {
        Path users = Files.writeString(folder.resolve("numbers.npy.part"), "the user's");
        Path file = folder.resolve("numbers.npy");
        Path small = load("small", NpyFile.zeros("<f8", 10, 8));
        Path large = load("large", NpyFile.zeros("<f8", 100_000, 8));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        CyclicBarrier both = new CyclicBarrier(2);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Future<?> one = threads.submit(() -> export("small", file, both));
                Future<?> other = threads.submit(() -> export("large", file, both));
                one.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                other.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                assertThat(Files.size(file)).isIn(Files.size(small), Files.size(large));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(users).hasContent("the user's");
        assertThat(folder).isDirectoryNotContaining("glob:**" + PartialFile.NAME + "*");
    }

    /** After the first piece they wait for each other, so that both files are there at once. */
    private Void export(String name, Path file, CyclicBarrier both) throws Exception {
        try (Dataset dataset = Datasets.of(pool.pool()).open(name)) {
            boolean[] met = {false};
            Export.write(dataset, "", file, bytes -> {
                if (!met[0]) {
                    met[0] = true;
                    meet(both);
                }
            });
        }
        return null;
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the other one does not write", e);
        }
    }

    @Test
    void whatIsNotWrittenLeavesNothingAndKeepsWhatWasThere() throws IOException {
        load("numbers", NpyFile.zeros("<f8", 10, 8));
        Path table = Files.writeString(folder.resolve("table.csv"), "as it was");
        try (Dataset dataset = Datasets.of(pool.pool()).open("numbers")) {
            assertThatThrownBy(() -> Export.write(dataset, "", table, bytes -> {}))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("is no table");
            assertThatThrownBy(() -> Export.write(dataset, "", folder.resolve("a.h5"), bytes -> {}))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("shm.export");
            assertThatThrownBy(() -> Export.write(dataset, "", folder.resolve("absent/a.npy"), bytes -> {}))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("look at its directory");
        }
        assertThat(table).hasContent("as it was");
        assertThat(folder).isDirectoryNotContaining("glob:**" + PartialFile.NAME + "*");
    }

    private Path load(String name, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(name + ".npy"), bytes);
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of());
                LoadedDataset loaded = plan.load(pool.pool(), moved -> {})) {
            loaded.publishPersistent(name, false);
        }
        return file;
    }
}
