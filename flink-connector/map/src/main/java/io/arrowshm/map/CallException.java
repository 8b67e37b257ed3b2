package io.arrowshm.map;

import org.jspecify.annotations.Nullable;

/** A call that has not done everything. The context can be used further; what was done, and what not, is not undone. */
public class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
