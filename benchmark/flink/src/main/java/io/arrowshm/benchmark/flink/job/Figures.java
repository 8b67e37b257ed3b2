package io.arrowshm.benchmark.flink.job;

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
 * @param latency of those after the warm-up, if arrays came at a fixed rate
 */
public record Figures(long arrays, long counted, long nanos, double sum, long networkBytes, Latency latency) {
    /** Of a consumer, from the accumulators of a job that has finished. */
    static Figures of(int consumer, Map<String, Object> accumulators) {
        return new Figures(
                number(accumulators, consumer, "arrays").longValue(),
                number(accumulators, consumer, "counted").longValue(),
                number(accumulators, consumer, "nanos").longValue(),
                number(accumulators, consumer, "sum").doubleValue(),
                number(accumulators, consumer, "networkBytes").longValue(),
                new Latency(
                        number(accumulators, consumer, "p50").doubleValue(),
                        number(accumulators, consumer, "p99").doubleValue(),
                        number(accumulators, consumer, "p999").doubleValue(),
                        number(accumulators, consumer, "latencies").longValue()));
    }

    void addTo(RuntimeContext context, int consumer) {
        add(context, name(consumer, "arrays"), arrays);
        add(context, name(consumer, "counted"), counted);
        add(context, name(consumer, "nanos"), nanos);
        add(context, name(consumer, "networkBytes"), networkBytes);
        add(context, name(consumer, "latencies"), latency.arrays());
        add(context, name(consumer, "sum"), sum);
        add(context, name(consumer, "p50"), latency.p50Micros());
        add(context, name(consumer, "p99"), latency.p99Micros());
        add(context, name(consumer, "p999"), latency.p999Micros());
    }

    private static Number number(Map<String, Object> accumulators, int consumer, String figure) {
        return requireNonNull((Number) accumulators.get(name(consumer, figure)), figure);
    }

    private static void add(RuntimeContext context, String name, long value) {
        LongCounter counter = new LongCounter();
        counter.add(value);
        context.addAccumulator(name, counter);
    }

    private static void add(RuntimeContext context, String name, double value) {
        DoubleCounter counter = new DoubleCounter();
        counter.add(value);
        context.addAccumulator(name, counter);
    }

    private static String name(int consumer, String figure) {
        return "consumer " + consumer + " " + figure;
    }
}
