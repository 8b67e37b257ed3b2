package io.arrowshm.testing;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A participant on command: a word a line on its input, an answer a line on its output. */
public final class PoolProcess {
    public static final Schema SCHEMA = new Schema(List.of(Field.nullable("number", new ArrowType.Int(64, true))));
    public static final long BUILD_BYTES = 1 << 16;
    private static final int MAX_ROWS = 2000;

    private PoolProcess() {}

    public static void main(String[] arguments) throws IOException {
        PoolOptions options =
                PoolOptions.named(arguments[0]).withSizeBytes(16 << 20).withSlots(1024);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        SharedMemoryPool pool;
        try {
            pool = SharedMemoryPool.open(options);
        } catch (SharedMemoryException e) {
            System.out.println("error " + e.kind() + " " + e.getMessage());
            return;
        }
        System.out.println("pool " + pool.directory());
        Epoch epoch = pool.openEpoch("process " + ProcessHandle.current().pid());
        List<AutoCloseable> kept = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(line.split(" "), pool, epoch, kept));
        }
        // Input ends when the parent dies: so does this process, without leaving the pool.
    }

    private static String answer(String[] words, SharedMemoryPool pool, Epoch epoch, List<AutoCloseable> kept)
            throws IOException {
        switch (words[0]) {
            case "hold" -> {
                kept.add(write(pool, Long.parseLong(words[1])));
                return "held";
            }
            case "build" -> {
                SegmentWriter writer = pool.newSegment(SCHEMA, BUILD_BYTES);
                writer.root().allocateNew();
                kept.add(writer);
                return "building";
            }
            case "array" -> {
                kept.add(pool.newArray(array(words[1], words[2])).seal());
                return "sealed";
            }
            case "share" -> {
                kept.add(pool.newArray(array(words[1], words[2])).share());
                return "shared";
            }
            case "lend" -> {
                Segment segment = write(pool, Long.parseLong(words[1]));
                kept.add(segment);
                segment.lend();
                return "lent";
            }
            case "name" -> {
                Segment segment = write(pool, Long.parseLong(words[2]));
                kept.add(segment);
                Datasets.of(pool).create(words[1]).add("s", segment).publishPersistent();
                return "named";
            }
            case "send" -> {
                try (Segment segment = write(pool, Long.parseLong(words[1]))) {
                    SegmentRef reference = segment.trySend(epoch);
                    return reference == null ? "none" : format(reference);
                }
            }
            case "start" -> {
                List<String> command = List.of(words).subList(1, words.length);
                return Long.toString(new ProcessBuilder(command).start().pid());
            }
            case "spin" -> {
                Thread thread = new Thread(() -> spin(pool, epoch), "spin");
                thread.setDaemon(true);
                thread.start();
                return "spinning";
            }
            case "receive" -> {
                try (Segment segment = pool.receive(parse(words[1]))) {
                    return "sum " + sum(segment) + " " + check(segment);
                } catch (SharedMemoryException e) {
                    return "error " + e.kind();
                }
            }
            case "keep" -> {
                Segment segment = pool.receive(parse(words[1]));
                kept.add(segment);
                return "sum " + sum(segment) + " " + check(segment);
            }
            case "longs" -> {
                StringBuilder longs = new StringBuilder("longs");
                try (Segment segment = pool.receive(parse(words[1]))) {
                    for (int i = 2; i < words.length; i++) {
                        longs.append(' ')
                                .append(segment.root()
                                        .getVector(0)
                                        .getDataBuffer()
                                        .getLong(Long.parseLong(words[i])));
                    }
                }
                return longs.toString();
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Allocates, fills, seals, sends, receives, checks and releases as fast as it can; ends the process if it may not. */
    private static void spin(SharedMemoryPool pool, Epoch epoch) {
        String problem = null;
        for (long seed = 0; problem == null; seed += 7) {
            try (Segment segment = write(pool, seed)) {
                SegmentRef reference = requireNonNull(segment.trySend(epoch));
                segment.close();
                try (Segment received = pool.receive(reference)) {
                    problem = sum(received) == seed && check(received).equals("right") ? null : "other data";
                }
            } catch (RuntimeException e) {
                problem = e.toString();
            }
        }
        System.out.println(problem);
        Runtime.getRuntime().halt(1);
    }

    /** Rows and values follow from the seed, so that whoever reads can tell whether all of it is that seed's. */
    public static Segment write(SharedMemoryPool pool, long seed) {
        return write(pool.newSegment(SCHEMA, bodyBytes(seed)), seed);
    }

    public static long bodyBytes(long seed) {
        return rows(seed) * 8L + 4096;
    }

    /** Fills, seals and closes. */
    public static Segment write(SegmentWriter filled, long seed) {
        int rows = rows(seed);
        try (SegmentWriter writer = filled) {
            BigIntVector numbers = (BigIntVector) writer.root().getVector(0);
            numbers.allocateNew(rows);
            for (int i = 0; i < rows; i++) {
                numbers.set(i, seed + i);
            }
            writer.root().setRowCount(rows);
            return writer.seal();
        }
    }

    /** An array of one of NumPy's types, of so many elements. */
    public static ArraySpec array(String type, String elements) {
        return ArraySpec.of(DType.parse(type), Long.parseLong(elements));
    }

    private static int rows(long seed) {
        return 1 + (int) (seed % MAX_ROWS);
    }

    public static long sum(Segment segment) {
        return ((BigIntVector) segment.root().getVector(0)).get(0);
    }

    public static String check(Segment segment) {
        BigIntVector numbers = (BigIntVector) segment.root().getVector(0);
        long seed = numbers.get(0);
        boolean right = numbers.getValueCount() == 1 + (int) (seed % MAX_ROWS);
        for (int i = 0; i < numbers.getValueCount(); i++) {
            right &= numbers.get(i) == seed + i;
        }
        return right ? "right" : "WRONG";
    }

    public static String format(SegmentRef reference) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        reference.writeTo(new DataOutputStream(bytes));
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    public static SegmentRef parse(String hex) throws IOException {
        return SegmentRef.readFrom(
                new DataInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(hex))));
    }
}
