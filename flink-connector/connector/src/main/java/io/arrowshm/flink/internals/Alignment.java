package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.transformations.PartitionTransformation;

/** Which edges unaligned checkpoints leave aligned. */
@Internal
public final class Alignment {
    private Alignment() {}

    /**
     * Keeps what is on its way on a partitioned stream out of checkpoints, also where a job forces unaligned ones. Flink 2.2
     * does so itself for custom partitioners; before that only this does.
     */
    public static <T> DataStream<T> always(DataStream<T> partitioned) {
        if (!(partitioned.getTransformation() instanceof PartitionTransformation<T> partition)) {
            throw new IllegalArgumentException("the stream is not partitioned: " + partitioned.getTransformation());
        }
        partition.getPartitioner().disableUnalignedCheckpoints();
        return partitioned;
    }
}
