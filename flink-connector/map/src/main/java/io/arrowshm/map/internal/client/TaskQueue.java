package io.arrowshm.map.internal.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one range, each for the worker that has least to do: a worker gets the next one when it is about to have nothing, so
 * that none waits behind a long one while another worker is idle. Any thread.
 */
final class TaskQueue {
    /** One that is done, and one that is there when it is. */
    private static final int AT_ONCE = 2;

    private final Supplier<List<Member>> present;
    private final Deque<ProcessCall> waiting = new ArrayDeque<>();
    private final Map<ProcessCall, Member> begun = new HashMap<>();

    /** @param present the workers that are there */
    TaskQueue(Supplier<List<Member>> present) {
        this.present = present;
    }

    void add(ProcessCall call) {
        synchronized (this) {
            waiting.add(call);
        }
        handOut();
    }

    void ended(ProcessCall call) {
        boolean was;
        synchronized (this) {
            boolean waited = waiting.remove(call);
            was = begun.remove(call) != null || waited;
        }
        if (was) {
            handOut();
        }
    }

    /** Begins what can be begun; calls are begun without a lock, since they may end at once. */
    void handOut() {
        Map<ProcessCall, Member> next = new LinkedHashMap<>();
        synchronized (this) {
            for (Member idle = idle(); idle != null && !waiting.isEmpty(); idle = idle()) {
                begun.put(waiting.element(), idle);
                next.put(waiting.remove(), idle);
            }
        }
        next.forEach((call, member) -> call.begin(List.of(member)));
    }

    private @Nullable Member idle() {
        List<Member> all = new ArrayList<>(present.get());
        @Nullable Member idlest = null;
        int least = AT_ONCE;
        for (Member member : all) {
            int load = (int) begun.values().stream().filter(member::equals).count();
            if (load < least) {
                least = load;
                idlest = member;
            }
        }
        return idlest;
    }
}
