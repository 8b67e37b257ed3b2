package io.arrowshm.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LoadPlanTest {
    @RegisterExtension
    final TestPool pool = TestPool.ofBytes(128 << 20, 64);

    @TempDir
    private Path folder;

    @Test
    void filesThatCannotBeReadAreRefusedInOneLine() throws IOException {
        assertRefused("no such file", folder.resolve("absent.npy"));
        assertRefused("of no format that is known", write("some.bin", new byte[] {1}));
        assertRefused("an empty file", write("empty.npy", new byte[0]));
        assertRefused("a classic NetCDF file", write("classic.nc", new byte[] {'C', 'D', 'F', 1, 0}));
        assertRefused("it is truncated", write("cut.npy", NpyFile.zeros("<f8", 1000, 7)));
        assertRefused("objects have no fixed size", write("objects.npy", NpyFile.zeros("|O", 1, 8)));
        assertRefused("allowed such as <f8", write("text.npy", NpyFile.zeros("<f8'", 1, 8)));
        assertRefused("no files", Files.createDirectory(folder.resolve("nothing")));
        assertRefused("no files", folder.resolve("*.h5"));
        assertRefused("no regular file", Path.of("/dev/null"));
        assertRefused(
                "HDF5 that cannot be read", write("cut.h5", new byte[] {(byte) 0x89, 'H', 'D', 'F', 13, 10, 26, 10}));
    }

    @Test
    void aStoreOfZarrIsOneThingThatIsNamed() throws IOException {
        Path store = Files.createDirectories(folder.resolve("runs/one.zarr"));
        for (String name : List.of("zarr.json", "c0", "inner.npy")) {
            Files.writeString(store.resolve(name), "{}");
        }
        assertRefused("a store of Zarr", store);
        write("runs/numbers.npy", NpyFile.zeros("<f8", 10, 8));
        try (LoadPlan plan = LoadPlan.of(List.of(folder.resolve("runs").toString()), List.of())) {
            assertThat(plan.contents().stream().map(LoadPlan.Planned::path)).containsExactly("numbers");
            assertThat(plan.notLoaded().stream().map(NotLoaded::path)).containsExactly("one");
            assertThat(plan.notLoaded().get(0).reason()).contains("shm.load");
        }
    }

    private static void assertRefused(String reason, Path file) {
        assertThatThrownBy(() -> LoadPlan.of(List.of(file.toString()), List.of()))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatIsNotThereCannotBeSelected() throws IOException {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 1000, 8));
        assertNotSelected("nothing of that path", file, "other");
        assertNotSelected("begins at 2000 on axis 0, which has 1000 elements", file, "numbers[2000:]");
        assertNotSelected("has 1 axes", file, "numbers[0, 1]");
        assertNotSelected("no columns", file, "numbers[:, x]");
        for (String text : List.of("", "[1]", "a[1:0]", "a[1,,2]")) {
            assertThatThrownBy(() -> Selection.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertNotSelected(String reason, Path file, String selection) {
        assertThatThrownBy(() -> LoadPlan.of(List.of(file.toString()), List.of(Selection.parse(selection))))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNotPublished() throws IOException {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 1000, 8));
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of())) {
            Files.write(file, new byte[1], StandardOpenOption.APPEND);
            assertThatThrownBy(() -> plan.load(pool.pool(), bytes -> {}))
                    .isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("changed while it was read");
        }
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of())) {
            Files.write(file, new byte[10]);
            assertThatThrownBy(() -> plan.load(pool.pool(), bytes -> {})).isInstanceOf(UnreadableFileException.class);
        }
        assertThat(pool.pool().statistics().segments()).isZero();
    }

    @Test
    void namesOfAnArchiveThatAreNoTreeAreNamedAndTheRestIsLoaded() throws IOException {
        Path file = folder.resolve("several.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : List.of("a", "a/b", "c/d", "c", "../e", "f\n", "good")) {
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                zip.write(NpyFile.zeros("<f8", 2, 8));
            }
        }
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of());
                LoadedDataset loaded = plan.load(pool.pool(), moved -> {})) {
            loaded.publishPersistent("npz", false);
            assertThat(loaded.notLoaded().stream().map(NotLoaded::path)).containsExactly("a/b", "c", "../e", "f\n");
        }
        try (Dataset dataset = Datasets.of(pool.pool()).open("npz")) {
            assertThat(dataset.info().segments().stream().map(SegmentInfo::path))
                    .containsExactlyInAnyOrder("a", "c/d", "good");
        }
    }

    @Test
    void whatSeveralThreadsReadIsWhatTheFileHas() throws IOException {
        int count = 5_000_000;
        byte[] bytes = NpyFile.zeros("<i4", count, Integer.BYTES);
        ByteBuffer values = ByteBuffer.wrap(bytes, NpyFile.HEADER_BYTES, count * Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putInt(i);
        }
        Path file = write("numbers.npy", bytes);
        for (Selection selection : List.of(Selection.parse("numbers"), Selection.parse("numbers[17:4999990]"))) {
            int from = selection.isWhole() ? 0 : 17;
            int to = selection.isWhole() ? count : 4_999_990;
            try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of(selection));
                    LoadedDataset loaded = plan.load(pool.pool(), moved -> {})) {
                loaded.publishPersistent("numbers", true);
            }
            try (Dataset dataset = Datasets.of(pool.pool()).open("numbers")) {
                assertThat(dataset.array("numbers").toInts())
                        .isEqualTo(IntStream.range(from, to).toArray());
            }
        }
        try (Segment copy = pool.pool().copy(file)) {
            assertThat(copy.array().toInts())
                    .isEqualTo(IntStream.range(0, count).toArray());
        }
    }

    @Test
    void howMuchOfALargeTableIsLoadedIsToldMeanwhile() throws IOException {
        Path csv = folder.resolve("rows.csv");
        Files.writeString(csv, "n\n" + "1\n".repeat(3 << 20));
        assertToldMeanwhile(csv);
        Path arrow = folder.resolve("rows.arrow");
        try (Dataset dataset = Datasets.of(pool.pool()).open("told")) {
            Export.write(dataset, "rows", arrow, bytes -> {});
        }
        assertToldMeanwhile(arrow);
    }

    private void assertToldMeanwhile(Path file) throws IOException {
        List<Long> told = Collections.synchronizedList(new ArrayList<>());
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of());
                LoadedDataset loaded = plan.load(pool.pool(), told::add)) {
            loaded.publishPersistent("told", true);
        }
        assertThat(told.stream().filter(bytes -> bytes > 0)).hasSizeGreaterThan(1);
        assertThat(told.stream().mapToLong(Long::longValue).sum()).isEqualTo(Files.size(file));
    }

    @Test
    void idxFilesOfAllTypesAreLoaded() throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(12 + 6 * 4).putInt(0x0c02).putInt(2).putInt(3);
        for (int i = 0; i < 6; i++) {
            bytes.putInt(i * 1_000_000);
        }
        Path file = write("numbers.idx", bytes.array());
        try (LoadPlan plan = LoadPlan.of(List.of(file.toString()), List.of());
                LoadedDataset loaded = plan.load(pool.pool(), moved -> {})) {
            loaded.publishPersistent("idx", false);
        }
        try (Dataset dataset = Datasets.of(pool.pool()).open("idx")) {
            assertThat(dataset.array("numbers").shape()).containsExactly(2, 3);
            assertThat(dataset.array("numbers").toInts())
                    .containsExactly(0, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000);
        }
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
