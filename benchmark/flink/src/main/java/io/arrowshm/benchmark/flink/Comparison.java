package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.report.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The runs of all contestants under one load, taken in turn, so that what the machine does meanwhile meets all alike. */
final class Comparison {
    private final Question question;
    private final Load load;
    private final Map<Contestant, List<Measurement>> runs = new LinkedHashMap<>();
    private final List<Double> memoryCopies = new ArrayList<>();

    Comparison(Question question, Load load) {
        this.question = question;
        this.load = load;
    }

    void add(Contestant contestant, Measurement run) {
        runs.computeIfAbsent(contestant, c -> new ArrayList<>()).add(run);
    }

    /** @param gigabytesPerSecond at which the machine copied such arrays in one round */
    void addMemoryCopy(double gigabytesPerSecond) {
        memoryCopies.add(gigabytesPerSecond);
    }

    /** The rates at which the machine copied such arrays, in GB/s. */
    Spread memoryCopy() {
        return Spread.of(memoryCopies);
    }

    /** In GB/s, in the order of the rounds. */
    List<Double> memoryCopies() {
        return memoryCopies;
    }

    Question question() {
        return question;
    }

    Load load() {
        return load;
    }

    boolean isOf(Question otherQuestion, Load otherLoad) {
        return question.equals(otherQuestion) && load.equals(otherLoad);
    }

    List<Contestant> contestants() {
        return List.copyOf(runs.keySet());
    }

    /** Whether both were measured. */
    boolean has(Contestant one, Contestant other) {
        return runs.containsKey(one) && runs.containsKey(other);
    }

    /** By what the question asks for first, the least first. */
    List<Measurement> sortedRuns(Contestant contestant) {
        return runs.getOrDefault(contestant, List.of()).stream()
                .sorted(Comparator.comparingDouble(question.charts().get(0)::of))
                .toList();
    }

    /** How many times as many arrays one exchange moves as another. */
    double ratio(Contestant one, Contestant other) {
        return median(one).arraysPerSecond() / median(other).arraysPerSecond();
    }

    /** Of a figure over all runs. */
    Spread spread(Contestant contestant, Chart figure) {
        return Spread.of(runs.getOrDefault(contestant, List.of()).stream()
                .map(figure::of)
                .toList());
    }

    /** The run in the middle of these. */
    Measurement median(Contestant contestant) {
        List<Measurement> sorted = sortedRuns(contestant);
        return sorted.get(sorted.size() / 2);
    }
}
