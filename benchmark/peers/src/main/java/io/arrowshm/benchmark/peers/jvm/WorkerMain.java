package io.arrowshm.benchmark.peers.jvm;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * The worker: for each reference that comes in it adds one to every element, and answers. An array that is shared for
 * writing is changed in place, and the answer is false; of a sealed one a new one is made, and the answer is true and a
 * reference to that. Ends with its input.
 */
public final class WorkerMain {
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private ArraySpec spec = ArraySpec.of(DType.FLOAT64, 0);

    private WorkerMain(SharedMemoryPool pool, Epoch epoch) {
        this.pool = pool;
        this.epoch = epoch;
    }

    /** @param arguments directory and name of a pool that is there */
    public static void main(String[] arguments) throws IOException {
        PoolOptions options = PoolOptions.named(arguments[1]).withDirectory(arguments[0]);
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
        try (SharedMemoryPool pool = SharedMemoryPool.open(options);
                Epoch epoch = pool.openEpoch("worker")) {
            new WorkerMain(pool, epoch).work(in, out);
        }
    }

    private void work(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            if (in.available() == 0) {
                out.flush();
            }
            SegmentRef reference;
            try {
                reference = SegmentRef.readFrom(in);
            } catch (EOFException end) {
                return;
            }
            try (Segment received = pool.receive(reference)) {
                if (received.isMutable()) {
                    MutableNdArray array = received.mutableArray();
                    array.update(WorkerMain::addOne);
                    out.writeBoolean(false);
                } else {
                    out.writeBoolean(true);
                    answer(received).writeTo(out);
                }
            }
        }
    }

    private SegmentRef answer(Segment received) {
        try (ArrayWriter writer = pool.newArray(specOf(received))) {
            writer.array().setAll(received.array(), WorkerMain::addOne);
            try (Segment result = writer.seal()) {
                return References.send(result, epoch);
            }
        }
    }

    private ArraySpec specOf(Segment received) {
        long length = received.array().size();
        if (spec.shape()[0] != length) {
            spec = ArraySpec.of(DType.FLOAT64, length);
        }
        return spec;
    }

    private static double addOne(double value) {
        return value + 1;
    }
}
