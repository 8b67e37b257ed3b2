package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;

/** Where Flink keeps the state of a key. */
@Internal
public final class KeyGroups {
    /** How many there are at least if nobody has said anything. */
    public static final int LEAST = KeyGroupRangeAssignment.DEFAULT_LOWER_BOUND_MAX_PARALLELISM;

    private KeyGroups() {}

    /** How many there are if nobody has said anything. */
    public static int byDefault(int parallelism) {
        return KeyGroupRangeAssignment.computeDefaultMaxParallelism(parallelism);
    }

    /** The subtask that has the state of a key. */
    public static int subtask(Object key, int keyGroups, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, keyGroups, parallelism);
    }

    /** A stream whose elements are already in the subtask that has the state of their key. */
    public static <T, K> KeyedStream<T, K> keyed(DataStream<T> stream, KeySelector<T, K> key, TypeInformation<K> type) {
        return DataStreamUtils.reinterpretAsKeyedStream(stream, key, type);
    }
}
