package io.arrowshm.map;

/**
 * A worker's process has ended during a call, and what it had begun is not done, or was begun again too often. The others
 * have stopped; what was done stays as it is. A new worker takes its place.
 */
public final class WorkerDiedException extends CallException {
    private static final long serialVersionUID = 1L;

    WorkerDiedException(String message) {
        super(message, null);
    }
}
