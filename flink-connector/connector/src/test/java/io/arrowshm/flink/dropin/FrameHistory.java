package io.arrowshm.flink.dropin;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps the latest frame of each key, as a POJO, as an array and as a wrapper, and fails unless what is kept is that of the
 * number before: then none was lost, none came twice, and what is read from state is what was put there.
 */
final class FrameHistory extends KeyedProcessFunction<Long, Frame, Integer> {
    static final int KEYS = 5;

    /** Of all subtasks in this JVM. */
    static final AtomicLong PROCESSED = new AtomicLong();

    private static final long serialVersionUID = 1L;
    private static final int LENGTH = 3_000;

    private transient ValueState<Frame> latest;
    private transient MapState<Long, double[]> values;
    private transient ValueState<Wave> wave;

    @Override
    public void open(OpenContext context) {
        latest = getRuntimeContext().getState(new ValueStateDescriptor<>("latest", TypeInformation.of(Frame.class)));
        values = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "values", Types.LONG, PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO));
        wave = getRuntimeContext().getState(new ValueStateDescriptor<>("wave", TypeInformation.of(Wave.class)));
    }

    @Override
    public void processElement(Frame frame, Context context, Collector<Integer> out) throws Exception {
        long before = frame.number - KEYS;
        if (before >= 0) {
            check(Frame.of(before).hash() == latest.value().hash(), frame);
            check(Arrays.equals(ArrayRecords.doubles(before), values.get(before)), frame);
            check(Wave.of(before, LENGTH).equals(wave.value()), frame);
            values.remove(before);
        } else {
            check(latest.value() == null, frame);
        }
        latest.update(frame);
        values.put(frame.number, frame.values);
        wave.update(Wave.of(frame.number, LENGTH));
        PROCESSED.incrementAndGet();
    }

    private static void check(boolean holds, Frame frame) {
        if (!holds) {
            throw new IllegalStateException("what is kept is not what came before number " + frame.number);
        }
    }
}
