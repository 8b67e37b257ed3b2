package io.arrowshm.benchmark.peers.jvm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The caller. It does what the Python programs beside it do, with the same arguments, and prints the same line
 * of JSON.
 */
@Command(name = "caller")
public final class CallerMain implements Callable<Integer> {
    private static final int SMALL_DOUBLES = 1024;
    private static final int LEAST_WARM_UPS = 2;
    private static final double NANOS_PER_MS = 1e6;

    /** How the caller has its arrays. */
    public enum Mode {
        /** As Java arrays; the worker makes others, which are read in place. */
        COPIED,
        /** As Java arrays; the worker changes the copies in the pool, which are read in place. */
        CHANGED,
        /** As Java arrays, and the results too; the worker makes others. */
        HEAP,
        /** Sealed in the pool, and the results too. */
        SEALED,
        /** In the pool, shared for writing; they are changed in place. */
        SHARED
    }

    @Option(names = "--mode", required = true)
    private Mode mode = Mode.COPIED;

    @Option(names = "--doubles", required = true)
    private int doubles;

    @Option(names = "--arrays", required = true)
    private int arrays;

    @Option(names = "--hand-overs", required = true)
    private int handOvers;

    @Option(names = "--warm-up-seconds", required = true)
    private double warmUpSeconds;

    @Option(names = "--tag", required = true)
    private String tag = "";

    public static void main(String[] arguments) {
        new Console(Failures.ofThisProcess()).main(new CallerMain(), arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // Room for what the caller has and for the results, and as much again for those that are being made.
        long bytes = 4L * Double.BYTES * Math.max(doubles, (long) arrays * SMALL_DOUBLES) + (64 << 20);
        PoolOptions options = PoolOptions.named(tag).withSizeBytes(bytes);
        ObjectNode line = new ObjectMapper().createObjectNode();
        line.put("interpreter", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        line.putObject("versions");
        try (SharedMemoryPool pool = SharedMemoryPool.open(options);
                Epoch epoch = pool.openEpoch("caller");
                WorkerProcess worker = WorkerProcess.start(options)) {
            double[][] large = {sequence(doubles, 0)};
            double[][] small = IntStream.range(0, arrays)
                    .mapToObj(i -> sequence(SMALL_DOUBLES, i))
                    .toArray(double[][]::new);
            put(line, "large", measure(pool, epoch, worker, large));
            put(line, "small", measure(pool, epoch, worker, small));
        }
        SharedMemoryPool.remove(options);
        print(line);
        return 0;
    }

    private List<Double> measure(SharedMemoryPool pool, Epoch epoch, WorkerProcess worker, double[][] values)
            throws IOException {
        List<Double> milliseconds = new ArrayList<>();
        long warmAt = System.nanoTime() + (long) (warmUpSeconds * 1e9);
        try (CallerArrays callers = place(pool, epoch, worker, values)) {
            for (int done = 0; milliseconds.size() < handOvers; done++) {
                boolean warm = done >= LEAST_WARM_UPS && System.nanoTime() - warmAt >= 0;
                long since = System.nanoTime();
                callers.handOver();
                long nanos = System.nanoTime() - since;
                if (warm) {
                    milliseconds.add(nanos / NANOS_PER_MS);
                }
                check(callers, values, done + 1);
                callers.next();
            }
        }
        return milliseconds;
    }

    private CallerArrays place(SharedMemoryPool pool, Epoch epoch, WorkerProcess worker, double[][] values) {
        return switch (mode) {
            case COPIED, CHANGED, HEAP -> new CopiedArrays(pool, epoch, worker, values, mode);
            case SEALED -> new PooledArrays(pool, epoch, worker, values, false);
            case SHARED -> new PooledArrays(pool, epoch, worker, values, true);
        };
    }

    /** Each array was filled with a sequence that begins with its number. */
    private static void check(CallerArrays callers, double[][] values, int added) {
        for (int array : places(values.length)) {
            for (int element : places(values[array].length)) {
                double result = callers.result(array, element);
                double expected = (double) array + element + added;
                if (result != expected) {
                    throw new IllegalStateException(
                            "element " + element + " of array " + array + " is " + result + ", expected " + expected);
                }
            }
        }
    }

    /** The first, the middle and the last. */
    private static int[] places(int length) {
        return new int[] {0, length / 2, length - 1};
    }

    private static double[] sequence(int length, double first) {
        return IntStream.range(0, length).mapToDouble(i -> first + i).toArray();
    }

    private static void put(ObjectNode line, String task, List<Double> milliseconds) {
        milliseconds.forEach(line.withArray(task)::add);
    }

    private static void print(ObjectNode line) throws JsonProcessingException {
        System.out.println(new ObjectMapper().writeValueAsString(line));
    }
}
