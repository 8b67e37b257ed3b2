package io.arrowshm.benchmark.peers;

import static io.arrowshm.benchmark.peers.Category.IN_PLACE;
import static io.arrowshm.benchmark.peers.Category.ORDINARY;
import static io.arrowshm.benchmark.peers.Category.SEALED;

import io.arrowshm.benchmark.peers.jvm.CallerMain.Mode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One side of the comparison: two JVMs of this project, or a Python program.
 *
 * @param name as users write it
 * @param category of the work that it does
 * @param mode of this project's program, or null
 * @param program in the folder of the Python programs, with its arguments; empty for this project's
 * @param requirements name of the file of packages that it needs, without ".txt"; empty for this project's
 */
record Peer(String name, Category category, @Nullable Mode mode, List<String> program, String requirements) {
    /** All, this project's first. */
    static List<Peer> all() {
        return Stream.of(
                        Stream.of(
                                ours("arrow-shm", ORDINARY, Mode.COPIED),
                                ours("arrow-shm-shared", ORDINARY, Mode.CHANGED),
                                ours("arrow-shm-heap", ORDINARY, Mode.HEAP),
                                python("arrow-shm-python", ORDINARY, "arrow-shm", "with_arrow_shm.py"),
                                python("arrow-shm-python-map", ORDINARY, "arrow-shm", "with_arrow_shm_map.py"),
                                python("multiprocessing", ORDINARY, "numpy", "with_multiprocessing.py"),
                                python("joblib", ORDINARY, "joblib", "with_joblib.py"),
                                python("npshmex", ORDINARY, "npshmex", "with_npshmex.py"),
                                python("mpaio", ORDINARY, "mpaio", "with_mpaio.py"),
                                python("pyarraypool", ORDINARY, "pyarraypool", "with_pyarraypool.py"),
                                python("array-pool", ORDINARY, "numpy", "with_array_pool.py"),
                                python("ray", ORDINARY, "ray", "with_ray.py"),
                                python("vineyard", ORDINARY, "vineyard", "with_vineyard.py"),
                                python("pyflink", ORDINARY, "pyflink", "with_pyflink.py")),
                        Stream.of(ours("arrow-shm-sealed", SEALED, Mode.SEALED)),
                        Stream.of(
                                ours("arrow-shm-in-place", IN_PLACE, Mode.SHARED),
                                python(
                                        "arrow-shm-python-in-place",
                                        IN_PLACE,
                                        "arrow-shm",
                                        "with_arrow_shm.py",
                                        "--in-place"),
                                python(
                                        "arrow-shm-python-map-in-place",
                                        IN_PLACE,
                                        "arrow-shm",
                                        "with_arrow_shm_map.py",
                                        "--in-place"),
                                python("shared-memory", IN_PLACE, "numpy", "with_shared_memory.py"),
                                python("shared-memory-kept", IN_PLACE, "numpy", "with_shared_memory.py", "--keep"),
                                python("cute-shm", IN_PLACE, "cute-shm", "with_cute_shm.py"),
                                python("pasha", IN_PLACE, "pasha", "with_pasha.py"),
                                python(
                                        "pyarraypool-in-place",
                                        IN_PLACE,
                                        "pyarraypool",
                                        "with_pyarraypool.py",
                                        "--in-place"),
                                python("array-pool-in-place", IN_PLACE, "numpy", "with_array_pool.py", "--in-place")))
                .flatMap(peers -> peers)
                .toList();
    }

    /** Whether it is this project. */
    boolean isOurs() {
        return mode != null;
    }

    private static Peer ours(String name, Category category, Mode mode) {
        return new Peer(name, category, mode, List.of(), "");
    }

    private static Peer python(String name, Category category, String requirements, String... program) {
        return new Peer(name, category, null, List.of(program), requirements);
    }
}
