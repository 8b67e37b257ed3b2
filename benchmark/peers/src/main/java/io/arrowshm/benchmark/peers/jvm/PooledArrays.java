package io.arrowshm.benchmark.peers.jvm;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Arrays in the pool, shared for writing, which the worker changes in place; or sealed ones, of each of which it makes a
 * new one, that the caller hands over the next time.
 */
final class PooledArrays implements CallerArrays {
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final WorkerProcess worker;
    private final Segment[] arrays;
    private final @Nullable Segment[] results;

    /** @param values all of one length */
    PooledArrays(SharedMemoryPool pool, Epoch epoch, WorkerProcess worker, double[][] values, boolean shared) {
        this.pool = pool;
        this.epoch = epoch;
        this.worker = worker;
        arrays = new Segment[values.length];
        results = new Segment[values.length];
        ArraySpec spec = ArraySpec.of(DType.FLOAT64, values[0].length);
        for (int i = 0; i < values.length; i++) {
            try (ArrayWriter writer = pool.newArray(spec)) {
                writer.array().copyFrom(values[i], 0);
                arrays[i] = shared ? writer.share() : writer.seal();
            }
        }
    }

    @Override
    public void handOver() throws IOException {
        worker.handOver(arrays.length, array -> References.send(arrays[array], epoch), this::receive);
    }

    @Override
    public double result(int array, int element) {
        Segment result = results[array];
        return (result == null ? arrays[array] : result).array().getDouble(element);
    }

    @Override
    public void next() {
        for (int i = 0; i < arrays.length; i++) {
            Segment result = results[i];
            if (result != null) {
                arrays[i].close();
                arrays[i] = result;
                results[i] = null;
            }
        }
    }

    @Override
    public void close() {
        next();
        for (Segment array : arrays) {
            array.close();
        }
    }

    private void receive(int array, @Nullable SegmentRef result) {
        if (result != null) {
            results[array] = pool.receive(result);
        }
    }
}
