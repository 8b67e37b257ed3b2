package io.arrowshm.jobs.examples;

import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.CallOptions.chunks;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.map.Call;
import io.arrowshm.map.Parts;
import io.arrowshm.map.Shm;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A large array of numbers and one of texts, in parts: mpaio's example. What comes of a part is passed on as soon as it is
 * ready, and what the cores of the machine did meanwhile is measured. Run it with {@code jobs/run two-arrays}, or as a program
 * of its own.
 */
public final class TwoArrays {
    private static final int NUMBERS = 4_000_000;
    private static final int TEXTS = 100_000;
    private static final int PART = 20_000;

    private TwoArrays() {}

    public static void main(String[] args) {
        try (Shm shm = Shm.processes(args.length > 0 ? args[0] : "two-arrays", 2)) {
            System.out.println(run(shm));
        }
    }

    /** Whether the results are the serial ones, how long it took, and what the cores did. */
    public static Map<String, Object> run(Shm shm) {
        MutableNdArray numbers = shm.alloc(shape(NUMBERS).dtype(DType.INT64));
        shm.map(numbers, (worker, index, value) -> value.set(index));
        MutableNdArray texts = shm.alloc(shape(TEXTS).dtype(DType.unicode(4)).fill("abc"));

        long[] sum = {0};
        long[] letters = {0};
        long start = System.nanoTime();
        Call call = shm.parts(numbers, texts)
                .each(chunks(PART).dynamic().measuringCpu(), TwoArrays::process, (part, result) -> {
                    if (part.array() == 0) {
                        sum[0] += result;
                    } else {
                        letters[0] += result;
                    }
                });
        double seconds = (System.nanoTime() - start) / 1e9;

        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("identical", sum[0] == (long) NUMBERS * (NUMBERS - 1) / 2 && letters[0] == 3L * TEXTS);
        figures.put("seconds", seconds);
        figures.put("parts", (NUMBERS + TEXTS) / PART);
        figures.put("cpu", call.cpu().samples());
        return figures;
    }

    /** By a worker: the sum of numbers, or how many letters there are. */
    private static long process(Parts.Part part) {
        long result = 0;
        for (long i = 0; i < part.values().size(); i++) {
            result += part.array() == 0
                    ? part.values().getLong(i)
                    : part.values().getString(i).length();
        }
        return result;
    }
}
