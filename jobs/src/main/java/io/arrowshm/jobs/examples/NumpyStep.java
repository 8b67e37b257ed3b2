package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * Lets NumPy take the root of every pixel of some images, in processes of Python that read the images where they lie.
 * Prints the mean of the roots. Needs a {@code python3} with the package arrow-shm: {@code pip install arrow-shm/python};
 * the environment variable ARROW_SHM_PYTHON names another one.
 * Run it with {@code jobs/run numpy-step}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class NumpyStep {
    private static final int IMAGES = 105;
    private static final ArraySpec IMAGE = ArraySpec.of(DType.FLOAT64, 256, 512);

    private NumpyStep() {}

    public static void main(String[] args) throws Exception {
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "numpy-step");

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Long> numbers = env.fromSequence(0, IMAGES - 1);

        DataStream<Double> roots = SegmentStream.makeArrays(
                        numbers, poolOptions, number -> IMAGE, (number, image) -> image.fill(square(number % 21.0)))
                .rebalance()
                // Any module:function, also of your own; a class is made once for each process.
                .mapPython("numpy:sqrt")
                .map(root -> root.array().getDouble(255, 511), Types.DOUBLE);

        double sum = 0;
        int images = 0;
        try (CloseableIterator<Double> results = roots.executeAndCollect("numpy step")) {
            while (results.hasNext()) {
                sum += results.next();
                images++;
            }
        }
        System.out.println(images + " images, mean of the roots " + sum / images);
    }

    private static double square(double value) {
        return value * value;
    }
}
