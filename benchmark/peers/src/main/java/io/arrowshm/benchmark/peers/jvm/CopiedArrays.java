package io.arrowshm.benchmark.peers.jvm;

import static java.util.Objects.requireNonNull;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.benchmark.peers.jvm.CallerMain.Mode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Java arrays, copied into the pool one by one: sealed, so that the worker makes new ones, or shared for writing, so that it
 * changes the copies. Results are read in place, or copied to new Java arrays.
 */
final class CopiedArrays implements CallerArrays {
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final WorkerProcess worker;
    private final double[][] sources;
    private final ArraySpec spec;
    private final Mode mode;
    private final @Nullable Segment[] results;
    private final double[] @Nullable [] copies;

    /**
     * @param sources all of one length
     * @param mode one of those for Java arrays
     */
    CopiedArrays(SharedMemoryPool pool, Epoch epoch, WorkerProcess worker, double[][] sources, Mode mode) {
        this.pool = pool;
        this.epoch = epoch;
        this.worker = worker;
        this.sources = sources;
        this.mode = mode;
        spec = ArraySpec.of(DType.FLOAT64, sources[0].length);
        results = new Segment[sources.length];
        copies = new double[sources.length][];
    }

    @Override
    public void handOver() throws IOException {
        worker.handOver(sources.length, this::send, this::receive);
    }

    @Override
    public double result(int array, int element) {
        return mode == Mode.HEAP
                ? copies[array][element]
                : requireNonNull(results[array]).array().getDouble(element);
    }

    @Override
    public void next() {
        close();
        for (double[] source : sources) {
            for (int i = 0; i < source.length; i++) {
                source[i] += 1;
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < results.length; i++) {
            Segment result = results[i];
            if (result != null) {
                result.close();
                results[i] = null;
            }
            copies[i] = new double[0];
        }
    }

    private SegmentRef send(int array) {
        try (ArrayWriter writer = pool.newArray(spec)) {
            writer.array().copyFrom(sources[array], 0);
            if (mode == Mode.CHANGED) {
                Segment segment = writer.share();
                results[array] = segment;
                return References.send(segment, epoch);
            }
            try (Segment segment = writer.seal()) {
                return References.send(segment, epoch);
            }
        }
    }

    private void receive(int array, @Nullable SegmentRef reference) {
        if (mode == Mode.CHANGED) {
            // The copy that was sent is the result.
            return;
        }
        Segment result = pool.receive(requireNonNull(reference));
        if (mode == Mode.COPIED) {
            results[array] = result;
            return;
        }
        try (result) {
            double[] copy = new double[sources[array].length];
            result.array().copyTo(copy, 0);
            copies[array] = copy;
        }
    }
}
