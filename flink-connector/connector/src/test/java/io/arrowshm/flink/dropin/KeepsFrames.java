package io.arrowshm.flink.dropin;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Keeps all frames of each key, and gives a hash of what it has kept. */
final class KeepsFrames extends KeyedProcessFunction<Long, Frame, Integer> {
    private static final long serialVersionUID = 1L;

    private transient MapState<Long, Frame> frames;
    private transient ListState<double[]> values;

    @Override
    public void open(OpenContext context) {
        frames = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("frames", Types.LONG, TypeInformation.of(Frame.class)));
        values = getRuntimeContext()
                .getListState(
                        new ListStateDescriptor<>("values", PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(Frame frame, Context context, Collector<Integer> out) throws Exception {
        frames.put(frame.number, frame);
        values.add(frame.values);
        int kept = 0;
        for (double[] value : values.get()) {
            kept += value.length;
        }
        out.collect(frames.get(frame.number).hash() + kept);
    }
}
