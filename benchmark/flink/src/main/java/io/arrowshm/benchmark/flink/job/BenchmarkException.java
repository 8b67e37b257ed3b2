package io.arrowshm.benchmark.flink.job;

import org.jspecify.annotations.Nullable;

/** A run that measured nothing. */
public final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchmarkException(String message) {
        this(message, null);
    }

    public BenchmarkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
