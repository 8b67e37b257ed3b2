package io.arrowshm.map;

import io.arrowshm.map.internal.run.Ending;
import io.arrowshm.map.internal.run.RunningCall;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A call that was started: {@link Shm#start}. Any thread. */
public final class Call {
    private final RunningCall running;
    private final long size;
    private final CompletableFuture<Ending> ending;
    private final @Nullable CpuUse cpu;

    /** @param cpu what is measured until it has ended, or null */
    Call(RunningCall running, long size, @Nullable CpuUse cpu) {
        this.running = running;
        this.size = size;
        this.cpu = cpu;
        // Whoever waits for the end finds the last sample.
        ending = cpu == null
                ? running.ending()
                : running.ending().thenApply(reached -> {
                    cpu.stop();
                    return reached;
                });
    }

    /**
     * Waits for its end. A thread that is interrupted meanwhile cancels it.
     *
     * @throws KernelException if a kernel has thrown
     * @throws WorkerDiedException if a worker's process has ended
     * @throws CallTimeoutException if it took too long
     * @throws CancellationException if it was cancelled, or its context closed
     */
    public void await() {
        try {
            throwUnlessCompleted(ending.get());
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw cancelled("the thread that waits for it was interrupted");
        } catch (ExecutionException e) {
            throw new AssertionError("no call ends without saying how", e);
        }
    }

    /** How far it is: from 0 to 1. */
    public double progress() {
        return size == 0 || ending.getNow(null) instanceof Ending.Completed ? 1 : (double) running.doneIndices() / size;
    }

    public boolean isDone() {
        return ending.isDone();
    }

    /**
     * Cancels it: it has ended within a second, whatever its kernels do, and {@link #await} throws a CancellationException.
     * Kernels are interrupted. One that does not end then costs its worker's process, which is replaced; in {@link
     * Shm#threads} its thread goes on until the kernel returns, and another one takes its place. Nothing happens if the call
     * has ended.
     */
    public void cancel() {
        running.cancel();
    }

    /**
     * What the cores of the machine did, up to now or to the end of the call.
     *
     * @throws IllegalStateException if that was not asked for: {@link CallOptions#measuringCpu}
     */
    public CpuUse cpu() {
        if (cpu == null) {
            throw new IllegalStateException("nothing was measured; start the call with CallOptions.measuringCpu()");
        }
        return cpu;
    }

    /** Completes as {@link #await} returns or throws. Cancelling it does not cancel the call. */
    public CompletableFuture<Void> toFuture() {
        return ending.thenAcceptAsync(Call::throwUnlessCompleted);
    }

    private static void throwUnlessCompleted(Ending ending) {
        if (ending instanceof Ending.Failed failed) {
            throw KernelException.of(failed.failures());
        } else if (ending instanceof Ending.WorkerDied died) {
            throw new WorkerDiedException(died.what() + "; " + ranges(died.ranges()));
        } else if (ending instanceof Ending.TimedOut late) {
            throw new CallTimeoutException(
                    "the call took longer than " + late.timeout() + "; " + ranges(late.ranges()));
        } else if (ending instanceof Ending.Cancelled) {
            throw cancelled("the call was cancelled");
        } else if (ending instanceof Ending.Broken broken) {
            throw broken.reason();
        }
    }

    private static String ranges(int left) {
        return left + (left == 1 ? " range is" : " ranges are") + " not done";
    }

    private static CancellationException cancelled(String message) {
        return new CancellationException(message);
    }
}
