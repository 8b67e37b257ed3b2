package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.flink.SegmentStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * Makes a hundred images of 480 x 640 pixels in shared memory, and sends them to tasks that also run in another
 * TaskManager: what travels is a reference of 38 bytes. Prints the mean of all pixels.
 * Run it with {@code jobs/run first-array}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class FirstArray {
    private static final int IMAGES = 100;
    private static final ArraySpec IMAGE = ArraySpec.of(DType.FLOAT32, 480, 640).withDimensionNames("y", "x");

    private FirstArray() {}

    public static void main(String[] args) throws Exception {
        // The pool is made on first use, and every process that opens it by this name shares it.
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "first-array");

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Long> numbers = env.fromSequence(1, IMAGES);

        DataStream<Double> means = SegmentStream.makeArrays(
                        numbers, poolOptions, number -> IMAGE, (number, image) -> image.fill((double) number))
                .rebalance()
                .map(segment -> mean(segment.array()), Types.DOUBLE);

        double sum = 0;
        try (CloseableIterator<Double> results = means.executeAndCollect("first array")) {
            while (results.hasNext()) {
                sum += results.next();
            }
        }
        System.out.println("mean of " + IMAGES + " images: " + sum / IMAGES);
    }

    /** Reads the pixels where they lie; the array is lent to the function until it returns. */
    private static double mean(NdArray image) {
        double sum = 0;
        for (long y = 0; y < image.length(0); y++) {
            for (long x = 0; x < image.length(1); x++) {
                sum += image.getFloat(y, x);
            }
        }
        return sum / image.size();
    }
}
