package io.arrowshm.jobs.examples;

import static io.arrowshm.map.Allocation.like;
import static io.arrowshm.map.Allocation.shape;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.map.Shm;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Three times every element of an array, by workers that write into a shared one: pasha's first example. Run it with {@code
 * jobs/run triple}, or as a program of its own.
 */
public final class Triple {
    private static final int ELEMENTS = 1_000_000;

    private Triple() {}

    public static void main(String[] args) {
        // Two worker processes, which end with this one; the pool is made on first use.
        try (Shm shm = Shm.processes(args.length > 0 ? args[0] : "triple", 2)) {
            System.out.println(run(shm));
        }
    }

    /** Whether the result is the serial one, and how long it took. */
    public static Map<String, Object> run(Shm shm) {
        MutableNdArray in = shm.alloc(shape(ELEMENTS));
        MutableNdArray out = shm.alloc(like(in));
        for (int i = 0; i < ELEMENTS; i++) {
            in.at(i).set(Math.sin(i));
        }

        long start = System.nanoTime();
        shm.map(in, (worker, index, value) -> out.at(index).set(3 * value.getDouble()));
        double seconds = (System.nanoTime() - start) / 1e9;

        boolean identical = true;
        for (int i = 0; i < ELEMENTS; i++) {
            identical &= out.getDouble(i) == 3 * Math.sin(i);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("identical", identical);
        figures.put("seconds", seconds);
        return figures;
    }
}
