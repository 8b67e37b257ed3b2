package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.List;

/**
 * One comparison that is to be made.
 *
 * @param question that it belongs to
 * @param load of each run
 * @param contestants in the order in which they take turns
 * @param rounds that are counted
 */
record Step(Question question, Load load, List<Contestant> contestants, int rounds) {
    /** Of all contestants, those included that only warm the JVMs up. */
    long runs() {
        return (long) contestants.size() * (rounds + question.warmUpRounds());
    }

    boolean isMadeBy(Comparison comparison) {
        return comparison.isOf(question, load)
                && comparison.contestants().equals(contestants)
                && comparison.sortedRuns(contestants.get(0)).size() == rounds;
    }

    /** For whoever watches. */
    String text() {
        return question.name() + " " + question.axis().text(load);
    }
}
