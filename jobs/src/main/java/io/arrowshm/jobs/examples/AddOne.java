package io.arrowshm.jobs.examples;

import static io.arrowshm.map.Allocation.like;
import static io.arrowshm.map.Allocation.shape;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.map.Shm;
import io.arrowshm.map.Worker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;

/**
 * A function from an array to an array, called by a worker: npshmex's example. What it gets is a copy, which it may write; what
 * it returns lies in shared memory. Run it with {@code jobs/run add-one}, or as a program of its own.
 */
public final class AddOne {
    private static final int ELEMENTS = 2_000_000;

    private AddOne() {}

    public static void main(String[] args) throws Exception {
        try (Shm shm = Shm.processes(args.length > 0 ? args[0] : "add-one", 2)) {
            System.out.println(run(shm));
        }
    }

    /** Whether the result is the serial one, and how long it took. */
    public static Map<String, Object> run(Shm shm) throws Exception {
        MutableNdArray big = shm.alloc(shape(ELEMENTS).fill(41.0));
        long start = System.nanoTime();
        Future<NdArray> first = shm.submit(AddOne::addOne, big);
        // An array of Java goes through shared memory, too, and comes back as one.
        Future<double[]> second = shm.submit(AddOne::addOneInPlace, new double[ELEMENTS]);
        NdArray added = first.get();
        double[] ones = second.get();
        double seconds = (System.nanoTime() - start) / 1e9;

        boolean identical = added.size() == ELEMENTS && ones.length == ELEMENTS;
        for (int i = 0; identical && i < ELEMENTS; i++) {
            identical = added.getDouble(i) == 42 && ones[i] == 1 && big.getDouble(i) == 41;
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("identical", identical);
        figures.put("seconds", seconds);
        return figures;
    }

    private static NdArray addOne(NdArray array) {
        MutableNdArray result = Worker.alloc(like(array));
        result.setAll(array, x -> x + 1);
        return result;
    }

    private static double[] addOneInPlace(double[] array) {
        for (int i = 0; i < array.length; i++) {
            array[i]++;
        }
        return array;
    }
}
