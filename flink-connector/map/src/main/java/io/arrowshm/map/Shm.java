package io.arrowshm.map;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.map.internal.parcel.Copied;
import io.arrowshm.map.internal.run.Arrivals;
import io.arrowshm.map.internal.run.Bounds;
import io.arrowshm.map.internal.run.CallPlan;
import io.arrowshm.map.internal.run.Engine;
import io.arrowshm.map.internal.run.RangeWork;
import io.arrowshm.map.internal.run.SerialEngine;
import io.arrowshm.map.internal.run.ThreadEngine;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A context: workers, and shared arrays that they read and write in place. Kernels run in its workers, and what they have
 * written is there when {@link #map} returns; the result is the same in every context, and however the call is cut.
 *
 * <pre>{@code
 * try (Shm shm = Shm.threads(4)) {
 *     MutableNdArray out = shm.alloc(like(in));
 *     shm.map(in, (worker, index, value) -> out.at(index).set(3 * value.getDouble()));
 * }
 * }</pre>
 *
 * <p>Arrays of a context lie in its pool. They are closed with the context, and given back earlier by {@link #free} or once
 * nobody can reach them; what is to stay is published under a name: {@code
 * Datasets.of(shm.pool()).create("run-42").add("out", shm.segment(out)).publishPersistent()}. Any thread.
 */
public final class Shm implements AutoCloseable {
    private final ContextPool pool;
    private final Engine engine;

    Shm(ContextPool pool, Engine engine) {
        this.pool = pool;
        this.engine = engine;
    }

    /** The calling thread alone, with arrays in a pool for such contexts: it is removed with the last one. */
    public static Shm serial() {
        return new Shm(ContextPool.ofDefault(), new SerialEngine());
    }

    /**
     * The calling thread alone.
     *
     * @param pool where arrays lie; made if it is not there
     */
    public static Shm serial(PoolOptions pool) {
        return new Shm(ContextPool.of(pool), new SerialEngine());
    }

    /** Threads of this process, with arrays in a pool for such contexts: it is removed with the last one. */
    public static Shm threads(int workers) {
        checkWorkers(workers);
        return new Shm(ContextPool.ofDefault(), new ThreadEngine(workers));
    }

    /**
     * Threads of this process.
     *
     * @param pool where arrays lie; made if it is not there
     */
    public static Shm threads(PoolOptions pool, int workers) {
        checkWorkers(workers);
        return new Shm(ContextPool.of(pool), new ThreadEngine(workers));
    }

    /**
     * Processes on this machine: one that crashes, leaks or hangs costs a worker, which is replaced, and not this program. They
     * take some seconds to start, are warm then, and end with this process, however it ends.
     *
     * @param pool name of the pool, and of the context
     */
    public static Shm processes(String pool, int workers) {
        return processes(ProcessOptions.of(PoolOptions.named(pool), workers));
    }

    /**
     * Processes on this machine.
     *
     * @throws IllegalStateException if a context of that name runs, or the workers do not come in time
     */
    public static Shm processes(ProcessOptions options) {
        return Processes.start(options, builder -> builder);
    }

    /**
     * Workers on a Flink cluster that runs already, on this machine and as this user: subtasks of a job, which go on when this
     * process ends, for others who {@link #attach}, until nobody has used them for {@link ProcessOptions#idle}. Closing the
     * context ends them once no other client is left. A kernel that does not end keeps its thread, since the process is not the
     * worker's alone.
     *
     * @param cluster its REST server
     * @param jars with the classes of kernels, and with this module unless Flink's lib/ has it
     * @throws IllegalStateException if a context of that name runs, the job is refused, or the workers do not come in time
     */
    public static Shm cluster(URI cluster, ProcessOptions options, Path... jars) {
        return Processes.submit(cluster, options, List.of(jars));
    }

    /**
     * The workers of a context that runs on this machine, of any process of this user: several may use them, and their calls
     * take turns. Arrays are this context's own. The workers end when who has started them says so, whoever else uses them.
     *
     * @param name of the context
     * @throws IllegalStateException if none of that name runs
     */
    public static Shm attach(String name) {
        return Processes.attach(name);
    }

    private static void checkWorkers(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers=" + workers + ", allowed 1 and more");
        }
    }

    public int workers() {
        return engine.workers();
    }

    /** The pool that arrays of this context lie in; it is closed with the context. */
    public SharedMemoryPool pool() {
        return pool.pool();
    }

    /**
     * A new array, which all workers can write.
     *
     * @throws SharedMemoryException FULL if there is no room now; CLOSED
     */
    public MutableNdArray alloc(Allocation allocation) {
        MutableNdArray array = alloc(allocation.spec(workers()));
        allocation.fill(array);
        return array;
    }

    /**
     * A new array of zeros, which all workers can write.
     *
     * @throws SharedMemoryException FULL if there is no room now; CLOSED
     */
    public MutableNdArray alloc(ArraySpec spec) {
        return pool.alloc(spec);
    }

    /**
     * Gives the memory of an array back, which is closed with all its views. Calls in other processes that are at it go on with
     * it; no thread of this one may be.
     *
     * @throws SharedMemoryException CLOSED if that was done before
     */
    public void free(NdArray array) {
        segment(array).close();
    }

    /**
     * The segment of an array of this context: to publish it under a name, or to seal it. It is closed with the context;
     * retain it to keep it longer.
     *
     * @throws SharedMemoryException CLOSED
     */
    public Segment segment(NdArray array) {
        return ContextPool.segment(array);
    }

    /** Calls a kernel for every element of an array, in C order, and returns when all is done: as {@link Call#await}. */
    public void map(NdArray array, Kernel<Value> kernel) {
        start(array, kernel).await();
    }

    /** Calls a kernel for every element of an array, in C order, and returns when all is done: as {@link Call#await}. */
    public void map(NdArray array, CallOptions options, Kernel<Value> kernel) {
        start(array, options, kernel).await();
    }

    /** Calls a kernel for ranges of the elements of an array, and returns when all is done: as {@link Call#await}. */
    public void map(NdArray array, RangeKernel kernel) {
        start(array, kernel).await();
    }

    /** Calls a kernel for ranges of the elements of an array, and returns when all is done: as {@link Call#await}. */
    public void map(NdArray array, CallOptions options, RangeKernel kernel) {
        start(array, options, kernel).await();
    }

    /** Calls a kernel for every item of a list, and returns when all is done: as {@link Call#await}. */
    public <T> void map(List<? extends T> items, Kernel<T> kernel) {
        map(Functor.<T>items(items), kernel);
    }

    /** Calls a kernel for every item of a list, and returns when all is done: as {@link Call#await}. */
    public <T> void map(List<? extends T> items, CallOptions options, Kernel<T> kernel) {
        map(Functor.<T>items(items), options, kernel);
    }

    /** Calls a kernel for every value, and returns when all is done: as {@link Call#await}. */
    public <V> void map(Functor<V> values, Kernel<V> kernel) {
        start(values, kernel).await();
    }

    /** Calls a kernel for every value, and returns when all is done: as {@link Call#await}. */
    public <V> void map(Functor<V> values, CallOptions options, Kernel<V> kernel) {
        start(values, options, kernel).await();
    }

    /** Calls a kernel for ranges of values, and returns when all is done: as {@link Call#await}. */
    public void map(Functor<?> values, RangeKernel kernel) {
        start(values, kernel).await();
    }

    /** Calls a kernel for ranges of values, and returns when all is done: as {@link Call#await}. */
    public void map(Functor<?> values, CallOptions options, RangeKernel kernel) {
        start(values, options, kernel).await();
    }

    /** Begins to call a kernel for every element of an array; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(NdArray array, Kernel<Value> kernel) {
        return start(array, CallOptions.DEFAULT, kernel);
    }

    /** Begins to call a kernel for every element of an array; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(NdArray array, CallOptions options, Kernel<Value> kernel) {
        return start(array.size(), options, new ElementsWork(new Elements(array), kernel));
    }

    /** Begins to call a kernel for ranges of elements; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(NdArray array, RangeKernel kernel) {
        return start(array, CallOptions.DEFAULT, kernel);
    }

    /** Begins to call a kernel for ranges of elements; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(NdArray array, CallOptions options, RangeKernel kernel) {
        return start(Functor.elements(array), options, kernel);
    }

    /** Begins to call a kernel for every value; see {@link #start(Functor, CallOptions, Kernel)}. */
    public <V> Call start(Functor<V> values, Kernel<V> kernel) {
        return start(values, CallOptions.DEFAULT, kernel);
    }

    /**
     * Begins to call a kernel for every value, and returns at once; in a serial context when all is done.
     *
     * @throws SharedMemoryException if an array of the call is closed, or the context
     */
    public <V> Call start(Functor<V> values, CallOptions options, Kernel<V> kernel) {
        return start(values.size(), options, new EachWork<>(values, kernel));
    }

    /** Begins to call a kernel for ranges of values; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(Functor<?> values, RangeKernel kernel) {
        return start(values, CallOptions.DEFAULT, kernel);
    }

    /** Begins to call a kernel for ranges of values; see {@link #start(Functor, CallOptions, Kernel)}. */
    public Call start(Functor<?> values, CallOptions options, RangeKernel kernel) {
        return start(values.size(), options, new RangedWork(kernel.body()));
    }

    private Call start(long size, CallOptions options, RangeWork work) {
        return start(size, options, options.bounds(size, workers()), work, null);
    }

    Call start(long size, CallOptions options, Bounds bounds, RangeWork work, @Nullable Arrivals arrivals) {
        pool.requireOpen();
        boolean parts = options.retries() == 0 || options.resets();
        CallPlan plan = new CallPlan(
                engine.isHere() ? new InContext(work, pool) : work,
                bounds,
                options.isDynamic(),
                parts,
                options.retries(),
                options.timeout(),
                arrivals);
        CpuUse cpu = options.measuresCpu() ? CpuUse.start() : null;
        try {
            return new Call(engine.start(plan), size, cpu);
        } catch (RuntimeException | Error e) {
            if (cpu != null) {
                cpu.stop();
            }
            throw e;
        }
    }

    /**
     * Has a worker call a function once, and returns at once; in a serial context when it is done. Arrays in the argument are
     * copied, wherever in it they are, so that what the function writes there is its own; arrays in the result lie in the
     * context's pool. Arrays of Java of 4 KiB and more, in both, go through the pool as well.
     *
     * @return completes exceptionally as {@link Call#await} throws; cancelling it cancels the task
     * @throws IllegalArgumentException if the task or its argument cannot be serialised
     */
    public <A, R> CompletableFuture<R> submit(Task<? super A, ? extends R> task, A argument) {
        return submit(task, argument, Submit.arguments(Submit.Arguments.COPY));
    }

    <A, R> TaskFuture<R> submit(Task<? super A, ? extends R> task, @Nullable A argument, Submit how) {
        boolean copies = how.arguments() == Submit.Arguments.COPY;
        RangeWork work = new TaskWork<>(task, copies ? new Copied(argument) : argument);
        TaskFuture<R> future = new TaskFuture<>();
        CallOptions options = CallOptions.shares(1).dynamic();
        future.endWith(start(
                1,
                options,
                options.bounds(1, workers()),
                copies && engine.isHere() ? LocalCopies.of(work, pool) : work,
                future::arrived));
        return future;
    }

    /** The workers as an ExecutorService, for programs that have one. Shutting it down leaves this context as it is. */
    public ShmExecutor executor(Submit how) {
        return new ShmExecutor(this, how);
    }

    /** Arrays of any types and lengths, to be processed in parts, with what comes of each as soon as it is ready. */
    public Parts parts(NdArray... arrays) {
        return new Parts(this, List.of(arrays));
    }

    /**
     * All elements of an array put together by an operation, one after the other in C order: of one that is {@link
     * Allocation#perWorker per worker}, what the workers have added up.
     *
     * @throws SharedMemoryException ARGUMENT if the array has no elements, or none that can be read as double; CLOSED
     */
    public double reduce(NdArray array, DoubleBinaryOperator operation) {
        return Reduction.ofAll(array, operation);
    }

    /**
     * The parts of an array that is {@link Allocation#perWorker per worker} put together element by element: a new array, of
     * the shape that was asked for.
     *
     * @throws SharedMemoryException ARGUMENT if the array is not per worker, or its elements are no floating-point numbers;
     *     FULL; CLOSED
     */
    public MutableNdArray reduceParts(NdArray perWorker, DoubleBinaryOperator operation) {
        return Reduction.ofParts(this, perWorker, operation);
    }

    /** Cancels what is running, ends the workers and closes all arrays of this context. Idempotent. */
    @Override
    public void close() {
        engine.close();
        pool.close();
    }
}
