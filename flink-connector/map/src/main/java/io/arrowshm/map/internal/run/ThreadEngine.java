package io.arrowshm.map.internal.run;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of this process. One whose call was given up is replaced, and ends with what it does. */
public final class ThreadEngine implements Engine {
    private static final AtomicInteger CONTEXTS = new AtomicInteger();
    private static final long IDLE_SECONDS = 60;

    private final int workers;
    private final ThreadPoolExecutor threads;
    private final Set<ThreadCall> calls = ConcurrentHashMap.newKeySet();

    public ThreadEngine(int workers) {
        this.workers = workers;
        String name = "arrow-shm-map-" + CONTEXTS.incrementAndGet() + "-";
        AtomicInteger made = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                workers, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + made.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public RunningCall start(CallPlan plan) {
        ThreadCall call = new ThreadCall(plan, workers, this::givenUp);
        calls.add(call);
        Later.when(call.ending(), (reached, never) -> calls.remove(call));
        call.begin(threads);
        return call;
    }

    /** So many threads more, or fewer again, are at a call that was given up. */
    private synchronized void givenUp(int more) {
        threads.setCorePoolSize(threads.getCorePoolSize() + more);
    }

    @Override
    public void close() {
        List<ThreadCall> running = List.copyOf(calls);
        running.forEach(ThreadCall::cancel);
        // Arrays are closed behind this: only what does not end when it is interrupted still runs then.
        running.forEach(call -> call.ending().join());
        threads.shutdown();
    }
}
