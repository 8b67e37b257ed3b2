package io.arrowshm.testing;

import static java.util.Objects.requireNonNull;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A participant with datasets, on command: a line on its input, an answer a line on its output. */
public final class DatasetProcess {
    private static final int MAX_SEGMENTS = 5;
    private static final List<String> STORM_NAMES = List.of("storm/a", "storm/b", "c");

    private DatasetProcess() {}

    public static void main(String[] arguments) throws IOException {
        SharedMemoryPool pool = SharedMemoryPool.open(options(arguments[0]));
        Datasets datasets = Datasets.of(pool);
        System.out.println("open");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<AutoCloseable> kept = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                System.out.println(answer(line.split(" "), pool, datasets, kept));
            } catch (SharedMemoryException e) {
                System.out.println("error " + e.kind());
            }
        }
        // Input ends when the parent dies: so does this process, without leaving the pool.
    }

    public static PoolOptions options(String pool) {
        return PoolOptions.named(pool).withSizeBytes(16 << 20).withSlots(1024);
    }

    private static String answer(String[] words, SharedMemoryPool pool, Datasets datasets, List<AutoCloseable> kept) {
        switch (words[0]) {
            case "publish" -> kept.add(publish(pool, words[1], Long.parseLong(words[2]), Set.of(words)));
            case "republish" -> kept.add(republish(pool, words[1]));
            case "link" -> link(pool, words[1], words[2]);
            case "share" -> kept.add(share(pool, words[1], Long.parseLong(words[2])));
            case "set" -> {
                Dataset dataset = datasets.open(words[1]);
                kept.add(dataset);
                dataset.mutableArray("a").at(Long.parseLong(words[2])).set(Double.parseDouble(words[3]));
            }
            case "get" -> {
                try (Dataset dataset = datasets.open(words[1])) {
                    return Double.toString(dataset.array("a").getDouble(Long.parseLong(words[2])));
                }
            }
            case "delete" -> datasets.delete(words[1]);
            case "rename" -> datasets.rename(words[1], words[2], true);
            case "hold" -> kept.add(datasets.open(words[1]));
            case "check" -> {
                return check((Dataset) kept.get(0));
            }
            case "lock" -> datasets.tryLock(words[1]).ifPresent(kept::add);
            case "leave" -> pool.close();
            case "write" -> start(() -> write(pool, datasets, new Random(Long.parseLong(words[1]))));
            case "read" -> start(() -> read(datasets, new Random(Long.parseLong(words[1]))));
            default -> throw new IllegalArgumentException(words[0]);
        }
        return "done";
    }

    /** Number and content of the segments follow from the seed, so that a reader can tell whether all are of one dataset. */
    public static Dataset publish(SharedMemoryPool pool, String name, long seed, Set<String> how) {
        DatasetBuilder builder = Datasets.of(pool).create(name).attribute("seed", seed);
        if (how.contains("overwrite")) {
            builder.overwrite();
        }
        List<Segment> segments = new ArrayList<>();
        try {
            for (int i = 0; i < segments(seed); i++) {
                segments.add(PoolProcess.write(pool, seed));
                builder.add("s" + i, segments.get(i), Map.of("seed", seed));
            }
            return how.contains("persistent") ? publishPersistent(pool, name, builder) : builder.publishWhileOpen();
        } finally {
            segments.forEach(Segment::close);
        }
    }

    /** Overwrites a dataset with the same segments but one. */
    private static Dataset republish(SharedMemoryPool pool, String name) {
        try (Dataset old = Datasets.of(pool).open(name)) {
            long seed = (Long) old.attributes().get("seed");
            DatasetBuilder builder = Datasets.of(pool)
                    .create(name)
                    .overwrite()
                    .attribute("seed", seed)
                    .attribute("again", true);
            try (Segment other = PoolProcess.write(pool, seed)) {
                builder.add("s0", other);
                for (int i = 1; i < segments(seed); i++) {
                    builder.add("s" + i, old.segment("s" + i));
                }
                return publishPersistent(pool, name, builder);
            }
        }
    }

    /** Publishes an array {@code a} for others to write. */
    private static Segment share(SharedMemoryPool pool, String name, long elements) {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, elements))) {
            writer.array().fill(0);
            Segment shared = writer.share();
            Datasets.of(pool).create(name).add("a", shared).publishPersistent();
            return shared;
        }
    }

    /** Publishes all segments of a dataset in another one, too, and one of them twice. */
    private static void link(SharedMemoryPool pool, String name, String other) {
        try (Dataset old = Datasets.of(pool).open(name)) {
            DatasetBuilder builder = Datasets.of(pool)
                    .create(other)
                    .attribute("seed", requireNonNull(old.attributes().get("seed")));
            for (String segment : old.root().segments()) {
                builder.add(segment, old.segment(segment));
            }
            builder.add("again/s0", old.segment("s0")).publishPersistent();
        }
    }

    private static Dataset publishPersistent(SharedMemoryPool pool, String name, DatasetBuilder builder) {
        builder.publishPersistent();
        return Datasets.of(pool).open(name);
    }

    public static int segments(long seed) {
        return 1 + (int) (seed % MAX_SEGMENTS);
    }

    /** The seed of what is there, if it is all of one publication. */
    public static String check(Dataset dataset) {
        long seed = (Long) dataset.attributes().get("seed");
        boolean right = dataset.root().segments().size() == segments(seed);
        for (String name : dataset.root().segments()) {
            right &= PoolProcess.sum(dataset.segment(name)) == seed
                    && PoolProcess.check(dataset.segment(name)).equals("right");
        }
        return right ? "seed " + seed : "MIXED " + seed;
    }

    private static void start(Runnable storm) {
        Thread thread = new Thread(
                () -> {
                    try {
                        storm.run();
                    } catch (RuntimeException e) {
                        System.out.println(e);
                        Runtime.getRuntime().halt(1);
                    }
                },
                "storm");
        thread.setDaemon(true);
        thread.start();
    }

    /** Publishes, overwrites, renames and deletes as fast as it can. */
    private static void write(SharedMemoryPool pool, Datasets datasets, Random random) {
        while (true) {
            String name = STORM_NAMES.get(random.nextInt(STORM_NAMES.size()));
            try {
                switch (random.nextInt(8)) {
                    case 0 -> datasets.delete(name);
                    case 1 -> datasets.rename(name, STORM_NAMES.get(random.nextInt(STORM_NAMES.size())), true);
                    case 2 ->
                        publish(pool, name, random.nextInt(10_000), Set.of()).close();
                    case 3 -> republish(pool, name).close();
                    default ->
                        publish(pool, name, random.nextInt(10_000), Set.of("overwrite", "persistent"))
                                .close();
                }
            } catch (SharedMemoryException e) {
                require(e, Kind.EXISTS, Kind.ABSENT, Kind.IN_USE);
            }
        }
    }

    /** Opens and checks as fast as it can, and says so. */
    private static void read(Datasets datasets, Random random) {
        while (true) {
            String name = STORM_NAMES.get(random.nextInt(STORM_NAMES.size()));
            try (Dataset dataset = datasets.open(name)) {
                System.out.println(check(dataset));
            } catch (SharedMemoryException e) {
                require(e, Kind.ABSENT);
            }
        }
    }

    private static void require(SharedMemoryException e, Kind... allowed) {
        if (!Set.of(allowed).contains(e.kind())) {
            throw e;
        }
    }
}
