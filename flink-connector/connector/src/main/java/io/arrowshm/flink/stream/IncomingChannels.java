package io.arrowshm.flink.stream;

import io.arrowshm.Epoch;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.jspecify.annotations.Nullable;

/** The channels that one attempt of a task has joined, on which references come to it. One thread. */
@Internal
public final class IncomingChannels {
    private final Map<Integer, IncomingChannel> joined = new HashMap<>();
    /** The channel that was asked for last: mostly the next reference comes on it too. */
    private int lastIndex = -1;

    private @Nullable IncomingChannel last;

    /** Answers an invitation, unless it is void. */
    public void join(Epoch epoch, int index, long nonce) {
        IncomingChannel channel = Access.join(epoch, index, nonce);
        if (channel != null) {
            joined.put(index, channel);
            lastIndex = -1;
        }
    }

    /** Null unless an invitation to it was answered. */
    public @Nullable IncomingChannel get(int index) {
        if (index != lastIndex) {
            lastIndex = index;
            last = joined.get(index);
        }
        return last;
    }
}
