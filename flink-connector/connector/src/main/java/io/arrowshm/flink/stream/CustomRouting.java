package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.java.functions.KeySelector;

/** Where the user's partitioner says. */
@Internal
public final class CustomRouting<K> implements Routing {
    private static final long serialVersionUID = 1L;

    private final Partitioner<K> partitioner;
    private final KeySelector<Segment, K> key;

    public CustomRouting(Partitioner<K> partitioner, KeySelector<Segment, K> key) {
        this.partitioner = partitioner;
        this.key = key;
    }

    @Override
    public Router router(int subtask, int senders, int receivers) {
        return segment -> {
            int receiver = partitioner.partition(key.getKey(segment), receivers);
            if (receiver < 0 || receiver >= receivers) {
                throw new IllegalStateException(
                        "the partitioner returned " + receiver + ", allowed are 0 to " + (receivers - 1));
            }
            return receiver;
        };
    }

    @Override
    public String toString() {
        return "custom";
    }
}
