package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.annotation.Internal;

/** The routings that do not look at the segment; each as Flink's partitioning of that name. */
@Internal
public enum Distribution implements Routing {
    /** Every receiver in turn. */
    REBALANCE {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            // Not all senders begin with the same receiver.
            return new InTurn(0, receivers, subtask % receivers);
        }
    },
    /** A receiver at random. */
    SHUFFLE {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            return segment -> ThreadLocalRandom.current().nextInt(receivers);
        }
    },
    /** The receiver with the index of the sending subtask. */
    FORWARD {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            if (senders != receivers) {
                throw new IllegalStateException("forward from " + senders + " subtasks to " + receivers
                        + ", allowed is the same number: set the same parallelism, or use rescale or rebalance");
            }
            return new InTurn(subtask, subtask + 1, 0);
        }
    },
    /** Every receiver of a group in turn: receivers are divided among the senders, or senders among the receivers. */
    RESCALE {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            int first = (int) ((long) subtask * receivers / senders);
            int end = (int) (((long) subtask + 1) * receivers / senders);
            return new InTurn(first, Math.max(end, first + 1), 0);
        }
    },
    /** The first receiver. */
    GLOBAL {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            return new InTurn(0, 1, 0);
        }
    },
    /** Every receiver. */
    BROADCAST {
        @Override
        public Router router(int subtask, int senders, int receivers) {
            return segment -> Router.EVERY_RECEIVER;
        }
    };

    /** For people. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static final class InTurn implements Router {
        private final int first;
        private final int end;
        private int next;

        InTurn(int first, int end, int offset) {
            this.first = first;
            this.end = end;
            this.next = first + offset;
        }

        @Override
        public int receiver(Segment segment) {
            int receiver = next;
            next = receiver + 1 == end ? first : receiver + 1;
            return receiver;
        }

        @Override
        public boolean reaches(int receiver) {
            return receiver >= first && receiver < end;
        }
    }
}
