package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.ExchangeKind;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a comparison.
 *
 * @param kind of exchange
 * @param setting of Flink
 */
record Contestant(ExchangeKind kind, Setting setting) {
    static final Contestant REFERENCE = new Contestant(ExchangeKind.REFERENCE, Setting.DEFAULT);
    static final Contestant FLINKS_DEFAULT = new Contestant(ExchangeKind.POJO, Setting.DEFAULT);

    /** Those that are compared if nobody asks for others: this project's, Flink's usual ones, and its fastest tuned. */
    static List<Contestant> usual() {
        return List.of(
                REFERENCE,
                new Contestant(ExchangeKind.DROP_IN, Setting.DEFAULT),
                FLINKS_DEFAULT,
                new Contestant(ExchangeKind.BYTES, Setting.DEFAULT),
                new Contestant(ExchangeKind.BYTES, Setting.TUNED));
    }

    /** This project's exchanges as Flink is shipped, Flink's own as shipped and tuned. */
    static List<Contestant> all() {
        List<Contestant> all = new ArrayList<>();
        for (ExchangeKind kind : ExchangeKind.values()) {
            all.add(new Contestant(kind, Setting.DEFAULT));
            if (kind.isFlinks()) {
                all.add(new Contestant(kind, Setting.TUNED));
            }
        }
        return all;
    }

    /** As users write it. */
    String text() {
        return setting == Setting.DEFAULT ? kind.text() : kind.text() + "-" + setting.text();
    }

    String description() {
        return setting == Setting.DEFAULT ? kind.description() : kind.description() + ", " + setting.description();
    }
}
