package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What a comparison is about. {@link Questions} has all of them.
 *
 * @param name as users write it
 * @param title of its results
 * @param asks in a sentence that needs no code, for one of its loads
 * @param sweep the loads
 * @param charts what is drawn of the results; by the first one runs are put in order
 * @param columns what a table shows of them
 * @param answer the results in sentences, those under one heading at a time
 * @param processes what each run has
 */
record Question(
        String name,
        String title,
        Function<Load, String> asks,
        Sweep sweep,
        List<Chart> charts,
        List<Column> columns,
        Function<List<Comparison>, List<String>> answer,
        Processes processes) {
    /** What runs have. */
    enum Processes {
        /** Those of all runs, after a round that only warms them up. */
        WARM,
        /** Processes and a pool of their own, which nothing warms up. */
        FRESH
    }

    Axis axis() {
        return sweep.drawn();
    }

    /** Rounds in which runs are not counted. */
    int warmUpRounds() {
        return processes == Processes.WARM ? 1 : 0;
    }

    /** Loads under one heading differ only in what the axis shows. */
    String heading(Load load) {
        Axis apart = sweep.apart();
        return apart == null ? title : title + ", " + apart.phrase(load);
    }

    /** The same for the names of files. */
    String fileName(Load load) {
        Axis apart = sweep.apart();
        return apart == null
                ? name
                : name + "-" + apart.phrase(load).toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
