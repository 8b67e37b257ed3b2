package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.PoolOptions;
import io.arrowshm.benchmark.flink.record.DoubleArray;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** How arrays of 1 MiB get from a sender that is never out of work to a receiver that takes a millisecond for each. */
public enum Traffic {
    /** As segments of a pool, of which both sides keep the last few. */
    REFERENCE,
    /** In a POJO, by Flink's default serializer. */
    POJO;

    static final int DOUBLES = (1 << 20) / Double.BYTES;

    private static final long RECEIVING_NANOS = 1_000_000;

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param numbers of the arrays, at the sender */
    SingleOutputStreamOperator<Boolean> addTo(DataStream<Long> numbers, PoolOptions pool) {
        return switch (this) {
            case REFERENCE ->
                SegmentStream.of(sending(numbers.flatMap(new MakeSegments(pool), SegmentTypeInfo.of())), pool)
                        .rebalance()
                        .flatMap(new KeepSegments(), Types.BOOLEAN);
            case POJO ->
                sending(numbers.map(Traffic::array, TypeInformation.of(DoubleArray.class)))
                        .rebalance()
                        .flatMap((array, out) -> takeTime(), Types.BOOLEAN);
        };
    }

    static void takeTime() {
        LockSupport.parkNanos(RECEIVING_NANOS);
    }

    private static <T> SingleOutputStreamOperator<T> sending(SingleOutputStreamOperator<T> operator) {
        return operator.slotSharingGroup(Role.SENDER.group());
    }

    private static DoubleArray array(long number) {
        DoubleArray array = new DoubleArray();
        array.values = new double[DOUBLES];
        array.values[0] = number;
        return array;
    }
}
