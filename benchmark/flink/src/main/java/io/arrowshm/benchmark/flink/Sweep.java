package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loads of a question.
 *
 * @param sizes of arrays
 * @param variants what is changed of each size, one load for each
 * @param drawn what the loads of one chart differ in
 * @param apart what keeps loads out of one chart; null if they are all in one
 */
record Sweep(
        Sizes sizes,
        List<Consumer<Load.Draft>> variants,
        Axis drawn,
        @Nullable Axis apart) {
    /** Sizes, drawn in one chart. */
    static Sweep overSizes(Sizes sizes, Consumer<Load.Draft> change) {
        return new Sweep(sizes, List.of(change), Axis.BYTES, null);
    }

    /** Counts, drawn in a chart for each size. */
    static Sweep over(Axis axis, Sizes sizes, int... counts) {
        return new Sweep(sizes, variants(axis, counts), axis, Axis.BYTES);
    }

    /** Sizes, drawn in a chart for each count. */
    static Sweep overSizesForEach(Axis axis, Sizes sizes, int... counts) {
        return new Sweep(sizes, variants(axis, counts), Axis.BYTES, axis);
    }

    /** @param base whose size is not looked at */
    List<Load> loads(Load base, List<Integer> bytes) {
        List<Load> loads = new ArrayList<>();
        for (int size : bytes) {
            Load sized = base.with(load -> Axis.BYTES.set(load, size));
            variants.forEach(variant -> loads.add(sized.with(variant)));
        }
        return loads;
    }

    private static List<Consumer<Load.Draft>> variants(Axis axis, int... counts) {
        return Arrays.stream(counts)
                .<Consumer<Load.Draft>>mapToObj(count -> load -> axis.set(load, count))
                .toList();
    }
}
