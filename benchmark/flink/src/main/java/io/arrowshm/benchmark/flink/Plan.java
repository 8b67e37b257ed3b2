package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The comparisons that one call of the benchmark is to make.
 *
 * @param steps in their order
 */
record Plan(List<Step> steps) {
    /**
     * @param sizes of arrays of each question, in bytes
     * @param base what all loads have in common
     * @param rounds that are counted
     */
    static Plan of(
            List<Question> questions,
            Function<Question, List<Integer>> sizes,
            Load base,
            List<Contestant> contestants,
            int rounds) {
        List<Step> steps = new ArrayList<>();
        for (Question question : questions) {
            for (Load load : question.sweep().loads(base, sizes.apply(question))) {
                steps.add(new Step(question, load, contestants, rounds));
            }
        }
        return new Plan(steps);
    }

    /** What is left to be made of it. */
    Plan without(List<Comparison> made) {
        return new Plan(steps.stream()
                .filter(step -> made.stream().noneMatch(step::isMadeBy))
                .toList());
    }

    /** Of all contestants in all comparisons, those included that only warm the JVMs up. */
    long runs() {
        return steps.stream().mapToLong(Step::runs).sum();
    }
}
