package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.annotation.Internal;

/** Finds the receivers of one sending subtask's segments. One thread. */
@Internal
@FunctionalInterface
public interface Router {
    /** Instead of an index: every receiver gets the segment. */
    int EVERY_RECEIVER = -1;

    /** Index of the segment's receiver, or {@link #EVERY_RECEIVER}. */
    int receiver(Segment segment) throws Exception;

    /** Whether the subtask ever sends to a receiver. */
    default boolean reaches(int receiver) {
        return true;
    }
}
