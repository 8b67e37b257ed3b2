package io.arrowshm.cluster;

import org.jspecify.annotations.Nullable;

/**
 * The cluster did not do what was awaited: a process died, a deadline passed, or the REST server refused. The message
 * names what was awaited and carries the last lines of the logs; the cluster is of no further use and should be closed.
 */
public class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message) {
        super(message);
    }

    ClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
