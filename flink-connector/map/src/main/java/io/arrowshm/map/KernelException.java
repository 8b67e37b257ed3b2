package io.arrowshm.map;

import io.arrowshm.map.internal.run.Failure;
import java.util.List;

/**
 * A kernel has thrown: its exception is the cause. If several workers met one before they stopped, this is that of the
 * lowest index, and the others are suppressed ones of this.
 */
public final class KernelException extends CallException {
    private static final long serialVersionUID = 1L;

    private final int worker;
    private final String host;
    private final long pid;
    private final long index;

    private KernelException(Failure failure) {
        super(
                "the kernel "
                        + (failure.index() < 0 ? "could not be begun" : "failed at index " + failure.index()) + " in "
                        + failure.place() + ": " + failure.cause(),
                failure.cause());
        worker = failure.place().worker();
        host = failure.place().host();
        pid = failure.place().pid();
        index = failure.index();
    }

    /** @param failures by index, at least one */
    static KernelException of(List<Failure> failures) {
        KernelException first = new KernelException(failures.get(0));
        failures.stream().skip(1).map(KernelException::new).forEach(first::addSuppressed);
        return first;
    }

    /** Number of the worker in its context. */
    public int worker() {
        return worker;
    }

    /** Name of the machine that the worker is on. */
    public String host() {
        return host;
    }

    /** Of the worker's process. */
    public long pid() {
        return pid;
    }

    /**
     * At which the kernel threw; of a kernel over ranges, the first index of its range. -1 if the worker could not begin: a class
     * of the kernel is not there, for instance.
     */
    public long index() {
        return index;
    }
}
