package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Makes a segment of each element, and closes what was made once it has been lent to what comes behind. */
@Internal
public final class MapOperator<T> extends AbstractUdfStreamOperator<Segment, MapFunction<T, Segment>>
        implements OneInputStreamOperator<T, Segment> {
    private static final long serialVersionUID = 1L;

    public MapOperator(MapFunction<T, Segment> function) {
        super(function);
    }

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
        T lent = element.getValue();
        Segment made = userFunction.map(lent);
        try {
            output.collect(element.replace(made));
        } finally {
            if (made != lent) {
                made.close();
            }
        }
    }
}
