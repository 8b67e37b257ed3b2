package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.load.Export;
import io.arrowshm.load.LoadPlan;
import io.arrowshm.load.LoadedDataset;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.SavedFiles;
import io.arrowshm.testing.TestPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What h5py, netCDF4, NumPy and pyarrow have written to files is loaded with the values that they read from them. */
class LoadIT {
    /** Of each file; the profile stress has more. */
    private static final int MUTATIONS = Integer.getInteger("load.mutations", 60);

    private static final int MOST_BYTES_OF_MUTATED = 400_000;

    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(256 << 20, 4096);

    @TempDir
    private static Path directory;

    private static Child python;
    private static List<String> files;

    @BeforeAll
    static void write() throws Exception {
        POOL.pool();
        python = PythonPackage.install().start("load.py", directory, directory.toString(), POOL.name());
        assertThat(python.read()).isEqualTo("open");
        files = List.of(python.ask("write").split(" "));
    }

    @AfterAll
    static void end() throws Exception {
        python.close();
    }

    static Stream<String> files() {
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyValueIsThatOfTheFile(String file) throws Exception {
        load(file, List.of());
        assertThat(python.ask("compare " + file)).matches("equal \\d+");
        Datasets.of(POOL.pool()).delete(file);
    }

    @Test
    void whatCannotBeLoadedIsNamedAndTheRestIsLoaded() {
        List<NotLoaded> refused = load("hdf5_types.h5", List.of());
        assertThat(refused.stream().map(NotLoaded::path))
                .containsExactlyInAnyOrder(
                        "reference",
                        "ragged",
                        "opaque",
                        "links/broken",
                        "links/loop",
                        "refused/scaleoffset",
                        "refused/virtual",
                        "refused/region",
                        "refused/long",
                        "refused/committed");
        assertThat(refused).allSatisfy(one -> assertThat(one.reason()).isNotBlank());
        Datasets.of(POOL.pool()).delete("hdf5_types.h5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.npy",
                "fortran.npy",
                "bigtext.npy",
                "complex.npy",
                "times.npy",
                "scalar.npy",
                "none.npy",
                "structures.npy",
                "several.npz",
                "file.arrow arrow",
                "file.arrow feather",
                "file.arrow arrows",
                "file.arrow parquet",
                "table.parquet arrow",
                "text.csv csv",
                "lines.jsonl json"
            })
    void whatIsExportedIsWhatWasLoaded(String fileAndFormat) throws Exception {
        String file = fileAndFormat.split(" ", -1)[0];
        String format = fileAndFormat.substring(fileAndFormat.lastIndexOf(fileAndFormat.contains(" ") ? ' ' : '.') + 1);
        Path exported = directory.resolve("exported." + format);
        load(file, List.of());
        try (Dataset dataset = Datasets.of(POOL.pool()).open(file)) {
            Export.write(dataset, "", exported, bytes -> {});
        }
        assertThat(python.ask("same " + exported + " " + directory.resolve(file)))
                .isEqualTo("equal");
        Datasets.of(POOL.pool()).delete(file);
        Files.delete(exported);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdf5_types.h5 compound", "hdf5_types.h5 aligned", "structures.npy structures"})
    void structuresAreGroupsOfTheirFieldsWhereThatIsWanted(String fileAndPath) throws Exception {
        String file = fileAndPath.substring(0, fileAndPath.indexOf(' '));
        try (LoadPlan plan = LoadPlan.of(List.of(directory.resolve(file).toString()), List.of())
                        .splitStructures();
                LoadedDataset loaded = plan.load(POOL.pool(), bytes -> {})) {
            loaded.publishPersistent(file, true);
        }
        assertThat(python.ask("split " + fileAndPath)).isEqualTo("equal");
        Datasets.of(POOL.pool()).delete(file);
    }

    @Test
    void whatPythonExportsToHdf5IsLoadedAsItWas() throws Exception {
        load("hdf5_types.h5", List.of());
        assertThat(python.ask("export hdf5_types.h5 exported.h5")).isEqualTo("exported");
        Path exported = directory.resolve("exported.h5");
        try (LoadPlan plan = LoadPlan.of(List.of(exported.toString()), List.of());
                LoadedDataset loaded = plan.load(POOL.pool(), bytes -> {})) {
            assertThat(loaded.notLoaded()).isEmpty();
            loaded.publishPersistent("hdf5_types.h5", true);
        }
        assertThat(python.ask("compare hdf5_types.h5")).matches("equal \\d+");
        Datasets.of(POOL.pool()).delete("hdf5_types.h5");
        Files.delete(exported);
    }

    @Test
    void whatHasTwoPathsIsOneSegment() {
        load("hdf5_types.h5", List.of(Selection.parse("links/hard"), Selection.parse("little/f8")));
        try (Dataset dataset = Datasets.of(POOL.pool()).open("hdf5_types.h5")) {
            assertThat(POOL.pool().statistics().segments()).isEqualTo(1);
            assertThat(dataset.array("links/hard").toDoubles())
                    .containsExactly(dataset.array("little/f8").toDoubles());
        }
        Datasets.of(POOL.pool()).delete("hdf5_types.h5");
    }

    @Test
    void partsOfArraysAreThoseOfTheWhole() {
        Random random = new Random(seed());
        for (String path : List.of("gzip", "one", "plain", "checksum")) {
            load("hdf5_chunks.h5", List.of(Selection.parse(path)));
            try (Dataset whole = Datasets.of(POOL.pool()).open("hdf5_chunks.h5")) {
                for (int attempt = 0; attempt < 5; attempt++) {
                    int row = random.nextInt(150);
                    int end = row + random.nextInt(157 - row);
                    int column = random.nextInt(43);
                    int from = random.nextInt(11);
                    load(
                            "hdf5_chunks.h5",
                            List.of(Selection.parse("%s[%d:%d, %d, %d:]".formatted(path, row, end, column, from))));
                    try (Dataset part = Datasets.of(POOL.pool()).open("hdf5_chunks.h5")) {
                        assertThat(part.array(path).shape()).containsExactly(end - row, 11 - from);
                        assertThat(part.array(path).toInts())
                                .containsExactly(whole.array(path)
                                        .slice(0, row, end)
                                        .select(1, column)
                                        .slice(1, from, 11)
                                        .toInts());
                    }
                }
            }
        }
        Datasets.of(POOL.pool()).delete("hdf5_chunks.h5");
    }

    @Test
    void namesOfDimensionsAreKept() {
        load("netcdf.nc", List.of());
        try (Dataset dataset = Datasets.of(POOL.pool()).open("netcdf.nc")) {
            assertThat(dataset.array("t").dimensionNames()).containsExactly("time", "lat", "lon");
        }
        Datasets.of(POOL.pool()).delete("netcdf.nc");
    }

    @Test
    void rowsAndColumnsOfTablesAreSelected() {
        load("file.arrow", List.of(Selection.parse("file[990:1010, name, id]")));
        try (Dataset dataset = Datasets.of(POOL.pool()).open("file.arrow")) {
            assertThat(dataset.root().group("file").segments()).containsExactly("0000", "0001");
            assertThat(dataset.batch("file/0000").getVector("id").getObject(0)).isEqualTo(990L);
            assertThat(dataset.batch("file/0001").getVector("name").getObject(9))
                    .hasToString("n9");
        }
        Datasets.of(POOL.pool()).delete("file.arrow");
    }

    @ParameterizedTest
    @MethodSource("files")
    void damagedFilesAreRefusedOrLoadedAndNothingIsLeft(String name) throws Exception {
        byte[] whole = Files.readAllBytes(directory.resolve(name));
        if (whole.length > MOST_BYTES_OF_MUTATED) {
            return;
        }
        long seed = seed();
        Random random = new Random(seed);
        Path damaged = directory.resolve("damaged-" + name);
        for (int i = 0; i < MUTATIONS; i++) {
            SavedFiles.write(damaged, mutated(whole, random));
            try (LoadPlan plan = LoadPlan.of(List.of(damaged.toString()), List.of());
                    LoadedDataset loaded = plan.load(POOL.pool(), bytes -> {})) {
                loaded.publishPersistent("damaged", true);
            } catch (UnreadableFileException e) {
                assertThat(e).hasMessageContaining(damaged.toString()).hasMessageNotContaining("\n");
            } catch (SharedMemoryException e) {
                assertThat(e.kind()).isEqualTo(Kind.FULL);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed " + seed, e);
            }
        }
        Files.delete(damaged);
        Datasets.of(POOL.pool()).delete("damaged");
        POOL.await("everything is free", statistics -> statistics.segments() == 0);
        assertThat(Verifier.verify(POOL.options(), true).violations()).isEmpty();
    }

    @Test
    void anUnknownFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("some.bin"), "something else");
        assertThatThrownBy(() -> LoadPlan.of(List.of(file.toString()), List.of()))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("of no format that is known");
        Files.delete(file);
    }

    /** Bytes set, cut, or moved about, mostly where headers are. */
    private static byte[] mutated(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(4);
        for (int change = 0; change < changes; change++) {
            int near = random.nextBoolean() ? Math.min(bytes.length, 4096) : bytes.length;
            int at = random.nextInt(near);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 2 ->
                    Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? 0 : -1));
                case 3 -> {
                    int length = Math.min(8, bytes.length - at);
                    System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
                }
                default -> {
                    if (change == 0) {
                        bytes = Arrays.copyOf(bytes, Math.max(1, random.nextInt(bytes.length)));
                    }
                }
            }
        }
        return bytes;
    }

    private static long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }

    private static List<NotLoaded> load(String file, List<Selection> selections) {
        SharedMemoryPool pool = POOL.pool();
        try (LoadPlan plan = LoadPlan.of(List.of(directory.resolve(file).toString()), selections);
                LoadedDataset loaded = plan.load(pool, bytes -> {})) {
            loaded.publishPersistent(file, true);
            return loaded.notLoaded();
        }
    }
}
