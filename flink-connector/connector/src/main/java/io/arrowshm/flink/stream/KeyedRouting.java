package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.KeyGroups;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * Where Flink keeps the state of the segment's key. Senders do not see how many key groups the receiving operator has, so
 * both are told the same number when the job is built.
 */
@Internal
public final class KeyedRouting<K> implements Routing {
    private static final long serialVersionUID = 1L;

    private final KeySelector<Segment, K> key;
    private int maxParallelism = KeyGroups.LEAST;

    public KeyedRouting(KeySelector<Segment, K> key) {
        this.key = key;
    }

    /** To be called while the job is built, together with the receiving operator's. */
    public void setMaxParallelism(int keyGroups) {
        maxParallelism = keyGroups;
    }

    @Override
    public String toString() {
        return "key by";
    }

    @Override
    public Routing ofOneEdge() {
        return new KeyedRouting<>(key);
    }

    @Override
    public Router router(int subtask, int senders, int receivers) {
        return segment -> KeyGroups.subtask(key.getKey(segment), maxParallelism, receivers);
    }
}
