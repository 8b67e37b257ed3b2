package io.arrowshm.jobs.images;

/** A Flink job that did not finish; the cause is what its tasks threw. */
final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JobFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
