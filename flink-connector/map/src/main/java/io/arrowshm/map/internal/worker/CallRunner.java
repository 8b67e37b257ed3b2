package io.arrowshm.map.internal.worker;

import io.arrowshm.Epoch;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.map.internal.parcel.BorrowedSegments;
import io.arrowshm.map.internal.parcel.CallArrays;
import io.arrowshm.map.internal.parcel.Copied;
import io.arrowshm.map.internal.parcel.Parcel;
import io.arrowshm.map.internal.parcel.PooledCells;
import io.arrowshm.map.internal.parcel.References;
import io.arrowshm.map.internal.parcel.SentSegments;
import io.arrowshm.map.internal.parcel.WorkerArrays;
import io.arrowshm.map.internal.run.Bounds;
import io.arrowshm.map.internal.run.BoundsFormat;
import io.arrowshm.map.internal.run.CallTable;
import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.run.RangeWork;
import io.arrowshm.map.internal.run.WorkerRun;
import io.arrowshm.map.internal.wire.CallMessage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Does a call's ranges, with its segments held meanwhile. By the kernel's thread. */
final class CallRunner {
    /** Of failures outside of the kernel. */
    private static final long NO_INDEX = -1;

    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final Failure.Place place;
    private final ClassLoader classes;

    /**
     * @param epoch of this worker
     * @param classes of the job
     */
    CallRunner(SharedMemoryPool pool, Epoch epoch, Failure.Place place, ClassLoader classes) {
        this.pool = pool;
        this.epoch = epoch;
        this.place = place;
        this.classes = classes;
    }

    /** Returns what went wrong, or null. All segments are released then. */
    @Nullable
    Failure run(WorkerCall call) {
        CallMessage message = call.message();
        try {
            List<SegmentRef> references = References.decode(message.references());
            try (BorrowedSegments segments = new BorrowedSegments(pool, references);
                    CallArrays arrays = new CallArrays(pool)) {
                WorkerArrays.use(arrays);
                return run(call, segments, arrays, references);
            } finally {
                WorkerArrays.use(null);
            }
        } catch (Throwable e) {
            return new Failure(place, NO_INDEX, e);
        }
    }

    private @Nullable Failure run(
            WorkerCall call, BorrowedSegments segments, CallArrays arrays, List<SegmentRef> references)
            throws IOException, ClassNotFoundException {
        CallMessage message = call.message();
        Bounds bounds = BoundsFormat.read(new DataInputStream(new ByteArrayInputStream(message.bounds())));
        CallTable table =
                new CallTable(new PooledCells(segments.get(0)), message.flags().workers(), bounds.count());
        call.begun(table);
        RangeWork work = unpack(message, segments, arrays, table);
        WorkerRun run = new WorkerRun(table, bounds, message.flags().dynamic(), place);
        WorkerRun.Results results = (range, result) -> {
            SentSegments sent = new SentSegments(pool, epoch, references);
            byte[] parcel = Parcel.pack(new Copied(result.value()), sent, true);
            call.result(range, References.encode(sent.references()), parcel);
        };
        return message.flags().left() ? run.runLeft(work, results) : run.run(work, results);
    }

    private RangeWork unpack(CallMessage message, BorrowedSegments segments, CallArrays arrays, CallTable table)
            throws IOException, ClassNotFoundException {
        try {
            if (message.flags().kind() != CallMessage.JAVA) {
                throw new IOException(
                        "this worker has no kernels of kind " + message.flags().kind());
            }
            return (RangeWork) Parcel.unpack(message.kernel(), segments, arrays, classes);
        } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
            table.stop();
            throw e;
        }
    }
}
