package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.report.ByName;

/** The names of exchanges. */
final class ContestantNames extends ByName<Contestant> {
    ContestantNames() {
        super(Contestant.all(), Contestant::text);
    }
}
