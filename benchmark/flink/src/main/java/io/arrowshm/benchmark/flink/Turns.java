package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.Question.Processes;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.console.Progress;
import java.util.function.ToDoubleFunction;

/**
 * Lets contestants take turns. One thread.
 *
 * @param warm runs on processes that are there for all runs
 * @param fresh runs each on processes of its own
 * @param memoryCopy measures at which rate the machine copies arrays of a load, in GB/s
 */
record Turns(Runner warm, Runner fresh, ToDoubleFunction<Load> memoryCopy) {
    /** Makes a comparison: all contestants run in turn, in rounds, the first of which may only warm the JVMs up. */
    Comparison compare(Step step, Progress progress) throws InterruptedException {
        Question question = step.question();
        Load load = step.load();
        Runner runner = question.processes() == Processes.WARM ? warm : fresh;
        Comparison comparison = new Comparison(question, load);
        for (int round = -question.warmUpRounds(); round < step.rounds(); round++) {
            comparison.addMemoryCopy(memoryCopy.applyAsDouble(load));
            for (Contestant contestant : step.contestants()) {
                progress.running(step.text() + ", " + contestant.text());
                Measurement run = runner.run(contestant, load);
                if (round >= 0) {
                    comparison.add(contestant, run);
                }
                progress.step();
            }
        }
        return comparison;
    }
}
