package io.arrowshm.systemtest.topology;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.flink.SegmentFactory;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.function.ThrowingConsumer;

/** Records as segments of one column, in a pool. */
final class SegmentCarrier implements Carrier<Segment> {
    private static final long serialVersionUID = 1L;
    private static final Schema SCHEMA = new Schema(List.of(Field.nullable("word", new ArrowType.Int(64, true))));
    /** Of the validity and of the values, both rounded up, and what else vectors may ask for. */
    private static final long PADDING = 4 * 64L;

    private final PoolOptions poolOptions;
    private transient SegmentFactory factory;

    SegmentCarrier(PoolOptions poolOptions) {
        this.poolOptions = poolOptions;
    }

    @Override
    public TypeInformation<Segment> type() {
        return SegmentTypeInfo.of();
    }

    @Override
    public void open() {
        factory = SegmentFactory.open(poolOptions);
    }

    @Override
    public long first(Segment record) {
        return words(record).get(0);
    }

    @Override
    public long digest(Segment record) {
        BigIntVector words = words(record);
        long digest = 0;
        for (int i = words.getValueCount() - 1; i >= 0; i--) {
            digest = Words.digest(digest, words.get(i));
        }
        return Words.mix(digest);
    }

    @Override
    public void make(long first, ThrowingConsumer<Segment, Exception> lend) throws Exception {
        try (Segment made = make(first)) {
            lend.accept(made);
        }
    }

    @Override
    public Segment make(long first) throws InterruptedException {
        int count = Words.count(first);
        long valueBytes = (long) count * Long.BYTES;
        try (SegmentWriter writer = factory.newSegment(SCHEMA, valueBytes + count / Byte.SIZE + PADDING)) {
            BigIntVector words = (BigIntVector) writer.root().getVector(0);
            words.allocateNew(count);
            for (int i = 0; i < count; i++) {
                words.set(i, Words.word(first, i));
            }
            writer.root().setRowCount(count);
            return writer.seal();
        }
    }

    @Override
    public Segment keep(Segment record) {
        return record.copyToHeap();
    }

    private static BigIntVector words(Segment record) {
        return (BigIntVector) record.root().getVector(0);
    }
}
