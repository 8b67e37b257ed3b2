package io.arrowshm.benchmark.e2e.peers.jvm;

import static java.util.Objects.requireNonNull;

import io.arrowshm.shm.ArrayWriter;
import io.arrowshm.shm.Epoch;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SegmentRef;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.array.ArraySpec;
import io.arrowshm.shm.array.DType;
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
    private final boolean shared;
    private final boolean copyOut;
    private final @Nullable Segment[] results;
    private final double[] @Nullable [] copies;

    /** @param sources all of one length */
    CopiedArrays(
            SharedMemoryPool pool,
            Epoch epoch,
            WorkerProcess worker,
            double[][] sources,
            boolean shared,
            boolean copyOut) {
        this.pool = pool;
        this.epoch = epoch;
        this.worker = worker;
        this.sources = sources;
        this.shared = shared;
        this.copyOut = copyOut;
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
        return copyOut
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
            if (shared) {
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
        if (reference == null) {
            return;
        }
        Segment result = pool.receive(reference);
        if (!copyOut) {
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
