package io.arrowshm.map.internal.worker;

import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.wire.CallMessage;
import io.arrowshm.map.internal.wire.Connection;
import io.arrowshm.map.internal.wire.Messages;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that clients want of this worker, and the thread that does one after the other: a call of each client in turn.
 * A kernel that does not end when it is interrupted takes its process with it, if that is the worker's own, or else keeps its
 * thread, and another one goes on. Any thread.
 */
final class Kernels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

    private final CallRunner runner;
    private final String name;
    private final ClassLoader classes;
    private final ScheduledExecutorService timer;
    private final boolean mayHalt;
    // By client; the one whose turn was last is the last.
    private final Map<Object, Deque<WorkerCall>> waiting = new LinkedHashMap<>();
    private @Nullable WorkerCall running;
    private boolean closed;

    /**
     * @param name of the thread
     * @param classes of the job
     * @param mayHalt whether the process may be ended
     */
    Kernels(CallRunner runner, String name, ClassLoader classes, ScheduledExecutorService timer, boolean mayHalt) {
        this.runner = runner;
        this.name = name;
        this.classes = classes;
        this.timer = timer;
        this.mayHalt = mayHalt;
        startThread();
    }

    private void startThread() {
        Thread thread = WorkerServer.daemon(this::run, name + "-kernel");
        thread.setContextClassLoader(classes);
        thread.start();
    }

    /** By the loop: a client wants something. */
    void received(Object client, Connection connection, byte type, DataInputStream message) throws IOException {
        if (type == Messages.CALL) {
            add(new WorkerCall(client, connection, CallMessage.decode(message)));
        } else if (type == Messages.CANCEL) {
            cancel(client, message.readLong());
        } else if (type != Messages.END) {
            throw new IOException("unknown message " + type);
        }
    }

    private synchronized void add(WorkerCall call) {
        waiting.computeIfAbsent(call.client(), of -> new ArrayDeque<>()).add(call);
        notifyAll();
    }

    private synchronized void cancel(Object client, long number) {
        WorkerCall current = running;
        if (current != null && current.client() == client && current.message().call() == number) {
            stop(current);
        }
        for (WorkerCall call : waiting.getOrDefault(client, new ArrayDeque<>())) {
            if (call.message().call() == number) {
                call.cancel();
            }
        }
    }

    /** By the loop: nobody wants to know any more. */
    synchronized void clientIsGone(Object client) {
        waiting.remove(client);
        if (running != null && running.client() == client) {
            stop(running);
        }
    }

    private void stop(WorkerCall call) {
        call.cancel();
        Later.in(WorkerOptions.PATIENCE, timer, () -> giveUp(call));
    }

    private void giveUp(WorkerCall call) {
        synchronized (this) {
            if (running != call) {
                return;
            }
            if (mayHalt) {
                LOG.error("A kernel does not end although it was interrupted; its process ends");
                Runtime.getRuntime().halt(WorkerOptions.KERNEL_DOES_NOT_END);
            }
            LOG.error("A kernel does not end although it was interrupted; its thread is left to it");
            running = null;
            startThread();
        }
        call.answer(null);
    }

    private void run() {
        for (WorkerCall call = next(); call != null; call = next()) {
            Failure failure = null;
            try {
                failure = call.begin() ? runner.run(call) : null;
            } finally {
                call.end();
            }
            if (!ended(call)) {
                return;
            }
            call.answer(failure);
        }
    }

    private synchronized @Nullable WorkerCall next() {
        while (!closed && waiting.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Meant for a call that has just ended.
            }
        }
        if (closed) {
            return null;
        }
        Map.Entry<Object, Deque<WorkerCall>> first =
                waiting.entrySet().iterator().next();
        Object client = first.getKey();
        Deque<WorkerCall> calls = first.getValue();
        waiting.remove(client);
        WorkerCall next = calls.remove();
        if (!calls.isEmpty()) {
            waiting.put(client, calls);
        }
        running = next;
        return next;
    }

    /** False if the call was given up, and another thread has taken this one's place. */
    private synchronized boolean ended(WorkerCall call) {
        boolean isCurrent = running == call;
        if (isCurrent) {
            running = null;
            notifyAll();
        }
        return isCurrent;
    }

    /** Waits until the kernel has ended, or has been given up. */
    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
        notifyAll();
        if (running != null) {
            stop(running);
        }
        boolean interrupted = false;
        while (running != null) {
            try {
                wait(WorkerOptions.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
