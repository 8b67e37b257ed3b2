package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Exchange;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a comparison.
 *
 * @param exchange that is compared
 * @param setting of Flink
 */
record Contestant(Exchange exchange, Setting setting) {
    static final Contestant REFERENCE = new Contestant(Exchange.REFERENCE, Setting.DEFAULT);
    static final Contestant FLINKS_DEFAULT = new Contestant(Exchange.POJO, Setting.DEFAULT);

    /** Those that are compared if nobody asks for others: this project's, Flink's usual ones, and its fastest tuned. */
    static List<Contestant> usual() {
        return List.of(
                REFERENCE,
                new Contestant(Exchange.DROP_IN, Setting.DEFAULT),
                FLINKS_DEFAULT,
                new Contestant(Exchange.BYTES, Setting.DEFAULT),
                new Contestant(Exchange.BYTES, Setting.TUNED));
    }

    /** This project's exchanges as Flink is shipped, Flink's own as shipped and tuned. */
    static List<Contestant> all() {
        List<Contestant> all = new ArrayList<>();
        for (Exchange exchange : Exchange.values()) {
            all.add(new Contestant(exchange, Setting.DEFAULT));
            if (exchange.isFlinks()) {
                all.add(new Contestant(exchange, Setting.TUNED));
            }
        }
        return all;
    }

    /** As users write it. */
    String text() {
        return setting == Setting.DEFAULT ? exchange.text() : exchange.text() + "-" + setting.text();
    }

    /** As a sentence about it begins. */
    String subject() {
        return setting == Setting.DEFAULT ? exchange.subject() : exchange.subject() + ", " + setting.text() + ",";
    }

    String description() {
        return setting == Setting.DEFAULT
                ? exchange.description()
                : exchange.description() + ", " + setting.description();
    }
}
