package io.arrowshm.map;

import io.arrowshm.map.internal.run.Later;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ExecutorService on the workers of a context: {@link Shm#executor}. Where workers are processes, tasks and results are
 * serialised, arrays in them go through the pool, and a task that kills its worker fails alone. Shutting it down leaves the
 * context as it is. Any thread.
 */
public final class ShmExecutor extends AbstractExecutorService {
    private static final Logger LOG = LoggerFactory.getLogger(ShmExecutor.class);

    private final Shm shm;
    private final Submit how;
    private final Map<Long, CompletableFuture<?>> running = new HashMap<>();
    private long started;
    private boolean shutdown;

    ShmExecutor(Shm shm, Submit how) {
        this.shm = shm;
        this.how = how;
    }

    /** Submits a task as {@link Shm#submit}. */
    public <A, R> Future<R> submit(Task<? super A, ? extends R> task, A argument) {
        return start(task, argument);
    }

    /** Submits a lambda, which is serialisable because it stands here. */
    public <R> Future<R> submit(SharedCallable<R> task) {
        return super.submit(task);
    }

    /** Submits a lambda, which is serialisable because it stands here. */
    public Future<?> submit(SharedRunnable task) {
        return super.submit(task);
    }

    /**
     * Runs a task some time, and logs what it throws.
     *
     * @throws IllegalArgumentException if it is not serialisable, as are those of CompletableFuture and
     *     ExecutorCompletionService
     */
    @Override
    public void execute(Runnable task) {
        if (task instanceof Submitted<?> submitted) {
            submitted.run();
        } else {
            Runnable serializable = serializable(task);
            Later.when(start(none -> run(serializable), null), (nothing, failure) -> {
                if (failure != null) {
                    LOG.error("A task has failed", failure);
                }
            });
        }
    }

    private static boolean run(Runnable task) {
        task.run();
        return true;
    }

    private static <T> T serializable(T task) {
        if (!(task instanceof Serializable)) {
            throw new IllegalArgumentException(
                    task + " cannot go to another process; pass a lambda to a variable of type"
                            + " ShmExecutor, or make it a SharedCallable, a SharedRunnable or a Task");
        }
        return task;
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, @Nullable T value) {
        return new Submitted<>(calling(serializable(task), value));
    }

    @SuppressWarnings("NullAway") // Null is a result as any other.
    private static <T> SharedCallable<T> calling(Runnable task, @Nullable T value) {
        return () -> {
            task.run();
            return value;
        };
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new Submitted<>(serializable(task));
    }

    private <A, R> TaskFuture<R> start(Task<? super A, ? extends R> task, @Nullable A argument) {
        TaskFuture<R> future;
        long number;
        synchronized (this) {
            if (shutdown) {
                throw new RejectedExecutionException("the executor was shut down");
            }
            future = shm.submit(task, argument, how);
            number = started++;
            running.put(number, future);
        }
        Later.when(future, (result, failure) -> ended(number));
        return future;
    }

    private synchronized void ended(long number) {
        running.remove(number);
        notifyAll();
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
        notifyAll();
    }

    /** Cancels what runs; none has not begun. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        running().forEach(future -> future.cancel(true));
        return List.of();
    }

    private synchronized List<CompletableFuture<?>> running() {
        return new ArrayList<>(running.values());
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutdown && running.isEmpty();
    }

    @Override
    public synchronized boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (!isTerminated()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** A task on its way through the standard library's methods. */
    private final class Submitted<T> extends CompletableFuture<T> implements RunnableFuture<T> {
        private final Callable<T> task;
        private @Nullable TaskFuture<T> started;

        Submitted(Callable<T> task) {
            this.task = task;
        }

        @Override
        public synchronized void run() {
            Callable<T> called = task;
            TaskFuture<T> future = start(none -> called.call(), null);
            started = future;
            Later.when(future, (result, failure) -> {
                if (future.isCancelled()) {
                    super.cancel(false);
                } else if (failure != null) {
                    completeExceptionally(causeOf(failure));
                } else {
                    complete(result);
                }
            });
        }

        @Override
        public synchronized boolean cancel(boolean mayInterrupt) {
            if (started != null) {
                started.cancel(mayInterrupt);
            }
            return super.cancel(mayInterrupt);
        }
    }

    /** What the task has thrown, as with any executor; else what has happened to it. */
    private static Throwable causeOf(Throwable failure) {
        return failure instanceof KernelException kernel && kernel.getCause() != null ? kernel.getCause() : failure;
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("three centuries have passed", e);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("there are no tasks");
        }
        long start = System.nanoTime();
        BlockingQueue<CompletableFuture<T>> ended = new LinkedBlockingQueue<>();
        List<Submitted<T>> all = new ArrayList<>();
        try {
            for (Callable<T> task : tasks) {
                Submitted<T> submitted = new Submitted<>(serializable(task));
                Later.when(submitted, (result, failure) -> ended.add(submitted));
                all.add(submitted);
                submitted.run();
            }
            return firstOf(ended, all.size(), unit.toNanos(timeout), start);
        } finally {
            all.forEach(submitted -> submitted.cancel(true));
        }
    }

    /** What the first one that succeeds has returned, or what the last one has thrown. */
    private static <T> T firstOf(BlockingQueue<CompletableFuture<T>> ended, int count, long nanos, long start)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int left = count; ; left--) {
            CompletableFuture<T> next = ended.poll(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new TimeoutException("no task has succeeded in time");
            }
            if (left == 1 || !next.isCompletedExceptionally()) {
                return next.get();
            }
        }
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        tasks.forEach(ShmExecutor::serializable);
        return super.invokeAll(tasks);
    }
}
