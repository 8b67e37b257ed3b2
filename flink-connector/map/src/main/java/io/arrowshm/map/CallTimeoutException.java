package io.arrowshm.map;

/** A call took longer than its {@link CallOptions#timeout}. */
public final class CallTimeoutException extends CallException {
    private static final long serialVersionUID = 1L;

    CallTimeoutException(String message) {
        super(message, null);
    }
}
