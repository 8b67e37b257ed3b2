package io.arrowshm.map.internal.client;

import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.wire.Connection;

/**
 * A worker that is connected.
 *
 * @param socket which file it was found by
 */
record Member(Failure.Place place, Connection connection, Object socket) {
    int worker() {
        return place.worker();
    }
}
