package io.arrowshm.map.internal.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A call that threads of this process are at. Any thread. */
final class ThreadCall implements RunningCall {
    /** How long kernels that were interrupted may take to end. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final CallPlan plan;
    private final CallTable table;
    private final IntConsumer givenUp;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private int running;
    private @Nullable Ending cancelledBy;

    /** @param givenUp told how many threads more, or fewer again, go on although the call has ended */
    ThreadCall(CallPlan plan, int workers, IntConsumer givenUp) {
        this.plan = plan;
        this.givenUp = givenUp;
        int ranges = plan.bounds().count();
        table = new CallTable(new HeapCells(CallTable.cells(workers, ranges)), workers, ranges);
        if (!plan.dynamic()) {
            table.assign();
        }
    }

    void begin(Executor threads) {
        // A worker that would find nothing is not woken.
        int workers = table.workersNeeded();
        synchronized (this) {
            running = workers;
            for (int i = 0; i < workers; i++) {
                runs.add(new Run(table.workerOf(i)));
            }
        }
        if (workers == 0) {
            ending.complete(new Ending.Completed());
        }
        runs.forEach(threads::execute);
        if (plan.timeout() != null) {
            Duration timeout = plan.timeout();
            CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(() -> stop(new Ending.TimedOut(timeout, table.left())));
        }
    }

    @Override
    public CompletableFuture<Ending> ending() {
        return ending;
    }

    @Override
    public long doneIndices() {
        long done = 0;
        for (int worker = 0; worker < table.workers(); worker++) {
            done += table.progress(worker);
        }
        return done;
    }

    @Override
    public void cancel() {
        stop(new Ending.Cancelled());
    }

    private void stop(Ending because) {
        synchronized (this) {
            if (ending.isDone() || cancelledBy != null) {
                return;
            }
            cancelledBy = because;
            table.stop();
            runs.forEach(Run::interrupt);
        }
        CompletableFuture.delayedExecutor(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> giveUp(because));
    }

    private synchronized void giveUp(Ending because) {
        if (ending.complete(because)) {
            givenUp.accept(running);
        }
    }

    private void ended(@Nullable Failure failure) {
        Ending reached;
        synchronized (this) {
            if (failure != null) {
                failures.add(failure);
            }
            if (ending.isDone()) {
                givenUp.accept(-1);
                return;
            }
            if (--running > 0) {
                return;
            }
            reached = reached();
        }
        ending.complete(reached);
    }

    private Ending reached() {
        if (cancelledBy != null) {
            return cancelledBy;
        }
        return failures.isEmpty() ? Ending.completed(table) : Ending.failed(failures);
    }

    /** One worker's part. */
    private final class Run implements Runnable {
        private final int worker;
        private @Nullable Thread thread;
        private boolean interrupted;

        Run(int worker) {
            this.worker = worker;
        }

        @Override
        public void run() {
            Failure failure = null;
            try {
                if (begin()) {
                    failure = new WorkerRun(table, plan.bounds(), plan.dynamic(), Host.place(worker))
                            .run(plan.work(), plan.results());
                }
            } finally {
                end();
                ended(failure);
            }
        }

        private synchronized boolean begin() {
            thread = Thread.currentThread();
            return !interrupted;
        }

        /** What was interrupted for this call must not find the thread's next one. */
        private synchronized void end() {
            thread = null;
            Thread.interrupted();
        }

        synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
