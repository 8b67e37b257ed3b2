package io.arrowshm.benchmark.e2e.job;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.flink.api.common.accumulators.DoubleCounter;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * What one consumer counted.
 *
 * @param arrays all that were read
 * @param counted those read after the warm-up
 * @param nanos from the end of the warm-up until the last array had been read
 * @param sum of what was read, over all arrays
 * @param networkBytes that its task received from other processes
 */
public record Figures(long arrays, long counted, long nanos, double sum, long networkBytes) {
    /** Of a consumer, from the accumulators of a job that has finished. */
    static Figures of(int consumer, Map<String, Object> accumulators) {
        return new Figures(
                number(accumulators, consumer, "arrays").longValue(),
                number(accumulators, consumer, "counted").longValue(),
                number(accumulators, consumer, "nanos").longValue(),
                number(accumulators, consumer, "sum").doubleValue(),
                number(accumulators, consumer, "networkBytes").longValue());
    }

    void addTo(RuntimeContext context, int consumer) {
        add(context, name(consumer, "arrays"), arrays);
        add(context, name(consumer, "counted"), counted);
        add(context, name(consumer, "nanos"), nanos);
        add(context, name(consumer, "networkBytes"), networkBytes);
        DoubleCounter total = new DoubleCounter();
        total.add(sum);
        context.addAccumulator(name(consumer, "sum"), total);
    }

    private static Number number(Map<String, Object> accumulators, int consumer, String figure) {
        return requireNonNull((Number) accumulators.get(name(consumer, figure)), figure);
    }

    private static void add(RuntimeContext context, String name, long value) {
        LongCounter counter = new LongCounter();
        counter.add(value);
        context.addAccumulator(name, counter);
    }

    private static String name(int consumer, String figure) {
        return "consumer " + consumer + " " + figure;
    }
}
