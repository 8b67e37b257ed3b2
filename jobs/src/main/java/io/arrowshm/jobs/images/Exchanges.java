package io.arrowshm.jobs.images;

import io.arrowshm.console.UserErrorException;

/** Makes exchanges. */
final class Exchanges {
    private Exchanges() {}

    /**
     * Makes an exchange ready for use, in the client and before the cluster starts. The caller closes it.
     *
     * @throws UserErrorException if it cannot be had with these options
     */
    static Exchange open(ExchangeKind kind, ExchangeOptions options) {
        return switch (kind) {
            case FLINK -> new FlinkExchange();
            case DROP_IN -> DropInExchange.open(options);
            case SHM -> ShmExchange.open(options);
        };
    }
}
