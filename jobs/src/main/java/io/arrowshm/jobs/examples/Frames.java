package io.arrowshm.jobs.examples;

import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.Functor.rows;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.jobs.images.data.Images;
import io.arrowshm.map.Shm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mean and variance of every pixel over all frames of Fashion-MNIST, and how many pixels of each frame lie above the mean by two
 * standard deviations. Each worker adds up into a part of its own, and the parts are put together. Run it with {@code jobs/run
 * frames}, or as a program of its own with a directory of the four files.
 */
public final class Frames {
    private Frames() {}

    public static void main(String[] args) {
        ImageSet images = args.length > 0 ? ImageSet.in(Path.of(args[0])) : ImageSet.bundled();
        try (Shm shm = Shm.processes("frames", 2)) {
            System.out.println(run(shm, images));
        }
    }

    /** Whether the results are those of one thread, and how long it took. */
    public static Map<String, Object> run(Shm shm, ImageSet images) {
        byte[] pixels = images.train().files().data().pixels();
        long count = pixels.length / Images.PIXELS;
        MutableNdArray frames = shm.alloc(shape(count, Images.PIXELS).dtype(DType.UINT8));
        frames.copyFrom(pixels, 0);

        long start = System.nanoTime();
        Result result = calculate(shm, frames);
        double seconds = (System.nanoTime() - start) / 1e9;

        Map<String, Object> figures = new LinkedHashMap<>();
        try (Shm serial = Shm.serial()) {
            MutableNdArray copy = serial.alloc(shape(count, Images.PIXELS).dtype(DType.UINT8));
            frames.copyTo(copy);
            figures.put("identical", result.isSameAs(calculate(serial, copy)));
        }
        figures.put("seconds", seconds);
        figures.put("frames", count);
        figures.put(
                "bright pixels",
                Arrays.stream(result.bright().toInts()).asLongStream().sum());
        return figures;
    }

    private record Result(NdArray mean, NdArray variance, NdArray bright) {
        boolean isSameAs(Result other) {
            return Arrays.equals(mean.toDoubles(), other.mean.toDoubles())
                    && Arrays.equals(variance.toDoubles(), other.variance.toDoubles())
                    && Arrays.equals(bright.toInts(), other.bright.toInts());
        }
    }

    private static Result calculate(Shm shm, NdArray frames) {
        long count = frames.length(0);
        // Whole numbers far below 2^53: the sums are exact, whoever adds up what.
        MutableNdArray sums = shm.alloc(shape(Images.PIXELS).perWorker());
        MutableNdArray squares = shm.alloc(shape(Images.PIXELS).perWorker());
        shm.map(rows(frames, 0), (worker, index, frame) -> {
            for (int i = 0; i < Images.PIXELS; i++) {
                double pixel = frame.getDouble(i);
                sums.at(worker, i).set(sums.getDouble(worker, i) + pixel);
                squares.at(worker, i).set(squares.getDouble(worker, i) + pixel * pixel);
            }
        });
        MutableNdArray mean = shm.reduceParts(sums, Double::sum);
        MutableNdArray variance = shm.reduceParts(squares, Double::sum);
        mean.update(sum -> sum / count);
        for (int i = 0; i < Images.PIXELS; i++) {
            variance.at(i).set(variance.getDouble(i) / count - mean.getDouble(i) * mean.getDouble(i));
        }

        MutableNdArray bright = shm.alloc(shape(count).dtype(DType.INT32));
        shm.map(rows(frames, 0), (worker, index, frame) -> {
            long above = 0;
            for (int i = 0; i < Images.PIXELS; i++) {
                above += frame.getDouble(i) > mean.getDouble(i) + 2 * Math.sqrt(variance.getDouble(i)) ? 1 : 0;
            }
            bright.at(index).set(above);
        });
        return new Result(mean, variance, bright);
    }
}
