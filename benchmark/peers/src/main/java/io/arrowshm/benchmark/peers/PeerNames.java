package io.arrowshm.benchmark.peers;

import io.arrowshm.benchmark.report.ByName;

/** The names of contestants. */
final class PeerNames extends ByName<Peer> {
    PeerNames() {
        super(Peer.all(), Peer::name);
    }
}
