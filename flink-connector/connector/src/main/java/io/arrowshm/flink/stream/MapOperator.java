package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Makes a segment of each segment, and closes what was made once it has been lent to what comes behind. */
@Internal
public final class MapOperator extends AbstractUdfStreamOperator<Segment, MapFunction<Segment, Segment>>
        implements OneInputStreamOperator<Segment, Segment> {
    private static final long serialVersionUID = 1L;

    public MapOperator(MapFunction<Segment, Segment> function) {
        super(function);
    }

    @Override
    public void processElement(StreamRecord<Segment> element) throws Exception {
        Segment lent = element.getValue();
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
