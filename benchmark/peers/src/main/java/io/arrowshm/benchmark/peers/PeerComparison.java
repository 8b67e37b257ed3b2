package io.arrowshm.benchmark.peers;

import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What all contestants did, for people and for programs. The time of a run is the median of its hand-overs. */
final class PeerComparison {
    private static final Map<String, Function<Times, List<Double>>> TASKS = tasks();

    private final Task task;
    private final Map<Peer, List<Times>> runs = new LinkedHashMap<>();
    private final Map<Peer, String> absent = new LinkedHashMap<>();

    PeerComparison(Task task) {
        this.task = task;
    }

    void add(Peer peer, Times run) {
        runs.computeIfAbsent(peer, p -> new ArrayList<>()).add(run);
    }

    /** @param reason one line that says why; what it did before does not count */
    void addAbsent(Peer peer, String reason) {
        runs.remove(peer);
        absent.put(peer, reason);
    }

    /** A line for each contestant and task, and one for each that is absent. */
    String text() {
        Table table = new Table()
                .words("task", "category", "contestant", "version")
                .numbers("ms", "fastest to slowest run", "times ours");
        TASKS.forEach((name, times) -> runs.forEach((peer, all) -> table.row(row(name, times, peer, all))));
        return absent.entrySet().stream()
                .map(entry -> "\n" + entry.getKey().name() + " is absent: " + entry.getValue())
                .collect(Collectors.joining("", table.toString(), ""));
    }

    /** Everything, each single hand-over too. */
    PeerResults results(Machine machine) {
        Map<String, PeerResults.Contestant> contestants = new LinkedHashMap<>();
        runs.forEach((peer, all) -> {
            Times one = all.get(0);
            contestants.put(
                    peer.name(),
                    new PeerResults.Contestant(
                            peer.category().text(),
                            one.interpreter(),
                            one.versions(),
                            handOvers(peer, all, Times::large),
                            handOvers(peer, all, Times::small)));
        });
        Map<String, String> reasons = new LinkedHashMap<>();
        absent.forEach((peer, reason) -> reasons.put(peer.name(), reason));
        return new PeerResults(machine, task, contestants, reasons);
    }

    private PeerResults.HandOvers handOvers(Peer peer, List<Times> all, Function<Times, List<Double>> times) {
        OptionalDouble ratio = timesOurs(peer, all, times);
        return new PeerResults.HandOvers(
                spread(all, times).median(),
                ratio.isPresent() ? ratio.getAsDouble() : null,
                all.stream().map(times).toList());
    }

    private Object[] row(String name, Function<Times, List<Double>> times, Peer peer, List<Times> all) {
        Spread medians = spread(all, times);
        Times one = all.get(0);
        String packages = one.versions().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        OptionalDouble ratio = timesOurs(peer, all, times);
        return new Object[] {
            name,
            peer.category().text(),
            peer.name(),
            packages.isEmpty() ? one.interpreter() : packages,
            medians.median("%,.2f"),
            medians.range("%,.2f"),
            ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : ""
        };
    }

    /** How many times as long as this project's first contestant of the same category. */
    private OptionalDouble timesOurs(Peer peer, List<Times> all, Function<Times, List<Double>> times) {
        return runs.entrySet().stream()
                .filter(ours -> ours.getKey().isOurs() && ours.getKey().category() == peer.category())
                .mapToDouble(ours -> spread(all, times).median()
                        / spread(ours.getValue(), times).median())
                .findFirst();
    }

    /** Of the medians of all runs. */
    private static Spread spread(List<Times> runs, Function<Times, List<Double>> times) {
        return Spread.of(runs.stream()
                .map(times)
                .map(handOvers -> Spread.of(handOvers).median())
                .toList());
    }

    private static Map<String, Function<Times, List<Double>>> tasks() {
        Map<String, Function<Times, List<Double>>> tasks = new LinkedHashMap<>();
        tasks.put("large", Times::large);
        tasks.put("small", Times::small);
        return tasks;
    }
}
