package io.arrowshm.flink.stream;

import org.apache.flink.annotation.Internal;

/** Why a segment was sent by value. */
@Internal
public enum ByValueReason {
    /** The sender could not open the pool, or the pool has no epoch or channel left. */
    NO_POOL("no pool"),
    /** The exchange is not a pipelined one, so that what is sent may be read any number of times. */
    EXCHANGE("exchange not pipelined"),
    /** The receiver has not joined: it has another pool, is on another host, or is not up yet. */
    NO_ANSWER("no answer from the receiver"),
    /** The receiver was too slow for the time that a sender waits. */
    NO_CREDIT("no credit in time"),
    /** The segment lies outside the pool, or another attempt has it in flight, and the pool has no room for a copy. */
    POOL_FULL("pool full"),
    /** The segment is smaller than what the configuration says. */
    SMALL("small");

    private final String text;

    ByValueReason(String text) {
        this.text = text;
    }

    /** For people, metrics and accumulators. */
    public String text() {
        return text;
    }
}
