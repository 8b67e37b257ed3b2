package io.arrowshm.map.internal.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one range, each for a worker that has none of them, in the order in which they came: so none waits behind a long one
 * while another worker is idle. Any thread.
 */
final class TaskQueue {
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
        return present.get().stream()
                .filter(member -> !begun.containsValue(member))
                .findFirst()
                .orElse(null);
    }
}
