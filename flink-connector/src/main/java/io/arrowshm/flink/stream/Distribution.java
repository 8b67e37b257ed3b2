package io.arrowshm.flink.stream;

import org.apache.flink.annotation.Internal;

/** Which receiver gets the next segment. */
@Internal
public enum Distribution {
    /** Every receiver in turn. */
    REBALANCE {
        @Override
        int receiver(long record, int subtask, int receivers) {
            return (int) ((record + subtask) % receivers);
        }

        @Override
        boolean reaches(int receiver, int subtask) {
            return true;
        }
    },
    /** The receiver with the index of the sending subtask. */
    FORWARD {
        @Override
        int receiver(long record, int subtask, int receivers) {
            return subtask;
        }

        @Override
        boolean reaches(int receiver, int subtask) {
            return receiver == subtask;
        }
    };

    /** Index of the receiver of a subtask's record; with one receiver, of its first record. */
    abstract int receiver(long record, int subtask, int receivers);

    /** Whether the subtask ever sends to the receiver. */
    abstract boolean reaches(int receiver, int subtask);
}
