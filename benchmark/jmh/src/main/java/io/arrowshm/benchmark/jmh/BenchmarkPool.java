package io.arrowshm.benchmark.jmh;

import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A pool of the measuring process's own, removed afterwards. */
@State(Scope.Benchmark)
public class BenchmarkPool {
    private static final ArrowType DOUBLE = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);

    private final PoolOptions options = PoolOptions.named(
                    "benchmark-" + ProcessHandle.current().pid())
            .withSizeBytes(512 << 20)
            .withSlots(4096);
    private SharedMemoryPool pool;
    private Epoch epoch;
    private final List<Segment> sealed = new ArrayList<>();

    @Setup(Level.Trial)
    public void open() {
        pool = SharedMemoryPool.open(options);
        epoch = pool.openEpoch("benchmark");
    }

    @TearDown(Level.Trial)
    public void remove() {
        sealed.forEach(Segment::close);
        epoch.close();
        pool.close();
        SharedMemoryPool.remove(options);
    }

    SharedMemoryPool pool() {
        return pool;
    }

    Epoch epoch() {
        return epoch;
    }

    /** So many columns of doubles, without nulls. */
    static Schema columns(int count) {
        return new Schema(IntStream.range(0, count)
                .mapToObj(i -> Field.notNullable("column" + i, DOUBLE))
                .toList());
    }

    Segment sealed(Schema schema, long bytesPerColumn) {
        try (SegmentWriter writer = writer(schema, bytesPerColumn)) {
            return closedWithThis(writer.seal());
        }
    }

    /** JMH does not tear the users of the pool down first. */
    Segment closedWithThis(Segment segment) {
        sealed.add(segment);
        return segment;
    }

    /** A writer whose columns have so many bytes each, not filled. */
    SegmentWriter writer(Schema schema, long bytesPerColumn) {
        SegmentWriter writer =
                pool.newSegment(schema, bytesPerColumn * schema.getFields().size());
        int values = Math.toIntExact(bytesPerColumn / Double.BYTES);
        for (FieldVector column : writer.root().getFieldVectors()) {
            writer.load(column, values, writer.allocator().buffer(bytesPerColumn));
        }
        writer.root().setRowCount(values);
        return writer;
    }
}
