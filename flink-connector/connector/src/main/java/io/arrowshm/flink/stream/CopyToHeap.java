package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.MapFunction;

/** Copies each segment. A class, since Java cannot say what is missing where it reads a lambda and its class is not there. */
@Internal
public final class CopyToHeap implements MapFunction<Segment, Segment> {
    private static final long serialVersionUID = 1L;

    @Override
    public Segment map(Segment segment) {
        return segment.copyToHeap();
    }
}
