package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.classifier.ClassMeans;
import io.arrowshm.jobs.images.classifier.ClassSums;
import io.arrowshm.jobs.images.data.BatchPlan;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains, then tests: two jobs, so that no test batch is read, and waits somewhere, before the means exist.
 */
public final class ImagesRun {
    private static final double LEAST_SECONDS = 0.001;

    private final JobRunner jobs;
    private final Exchange exchange;
    private final ImagesPlan plan;

    public ImagesRun(JobRunner jobs, Exchange exchange, ImagesPlan plan) {
        this.jobs = jobs;
        this.exchange = exchange;
        this.plan = plan;
    }

    /**
     * Runs both jobs to their ends.
     *
     * @param processed is told now and then how many batches of {@link ImagesPlan#batches} are done
     * @throws JobRunner.FailedException if one of them fails
     * @throws IllegalStateException if the workers did not get every image exactly once a pass
     */
    public ImagesResult execute(LongConsumer processed) {
        boolean firstOnly = plan.reads() == ImagesPlan.Reads.FIRST;
        JobRunner.Outcome train =
                run("train", plan.trainBatches(), firstOnly ? new FirstImageWork() : new TrainWork(), processed);
        ClassMeans means = firstOnly ? null : new ClassMeans(train.classSums().ofOnePass(plan.passes()));
        long trained = plan.trainBatches().batches();
        JobRunner.Outcome test = run(
                "test",
                plan.testBatches(),
                means == null ? new FirstImageWork() : new TestWork(means),
                tested -> processed.accept(trained + tested));
        return result(train, test, means);
    }

    private JobRunner.Outcome run(String job, BatchPlan batches, BatchWork work, LongConsumer processed) {
        JobRunner.Outcome outcome = jobs.run(
                "images %s, exchange %s".formatted(job, exchange.name()),
                env -> exchange.connect(env, batches, plan.parallelism(), new CountedWork(work, plan.slowMs())),
                processed);
        long expected = batches.part().count() * plan.passes();
        long images = outcome.count(Counters.IMAGES);
        if (images != expected) {
            throw new IllegalStateException(
                    "images lost or doubled: job=%s images=%d, sent were %d".formatted(job, images, expected));
        }
        return outcome;
    }

    private ImagesResult result(JobRunner.Outcome train, JobRunner.Outcome test, @Nullable ClassMeans means) {
        return new ImagesResult(
                exchange.name(),
                train.count(Counters.IMAGES) + test.count(Counters.IMAGES),
                train.count(Counters.BATCHES) + test.count(Counters.BATCHES),
                train.count(Counters.REFERENCES) + test.count(Counters.REFERENCES),
                reasons(List.of(train, test)),
                train.count(Counters.PAYLOAD_BYTES) + test.count(Counters.PAYLOAD_BYTES),
                train.count(Counters.NETWORK_BYTES) + test.count(Counters.NETWORK_BYTES),
                Math.max(LEAST_SECONDS, (train.milliseconds() + test.milliseconds()) / 1000.0),
                means == null ? null : answer(train, test, means));
    }

    private ImagesResult.Answer answer(JobRunner.Outcome train, JobRunner.Outcome test, ClassMeans means) {
        long pixelSum = train.classSums().pixelSum();
        if (plan.images().isOneFile()) {
            pixelSum += test.count(Counters.TEST_PIXEL_SUM);
        }
        long passes = plan.passes();
        return new ImagesResult.Answer(
                ClassSums.ofOnePass("correct", test.count(Counters.CORRECT), passes),
                ClassSums.ofOnePass("total", test.count(Counters.TOTAL), passes),
                ClassSums.ofOnePass("pixel sum", pixelSum, passes),
                means);
    }

    private static SortedMap<String, Long> reasons(List<JobRunner.Outcome> outcomes) {
        SortedMap<String, Long> reasons = new TreeMap<>();
        for (JobRunner.Outcome outcome : outcomes) {
            for (String name : outcome.accumulators().keySet()) {
                if (name.startsWith(Counters.BY_VALUE_PREFIX)) {
                    String reason = name.substring(Counters.BY_VALUE_PREFIX.length());
                    reasons.merge(reason, outcome.count(name), Long::sum);
                }
            }
        }
        return reasons;
    }
}
