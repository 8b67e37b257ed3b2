package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All kills, those alike together.
 *
 * @param cases in the order in which each came first
 */
public record Recovery(List<Case> cases) {
    private static final String NUMBER = "%.0f";
    private static final String MILLISECONDS = "%,.0f";
    private static final double MEBIBYTE = 1 << 20;

    /**
     * Kills of one kind; see {@link Kill}. What lies in the pool is absent for exchanges that use none.
     *
     * @param heartbeats of Flink
     * @param heartbeatInterval of these
     */
    public record Case(
            String heartbeats,
            String heartbeatInterval,
            String exchange,
            String killed,
            @Nullable Spread heldMebibytes,
            @Nullable Spread heldBackMs,
            @Nullable Spread inFlightMebibytes,
            @Nullable Spread inFlightBackMs,
            Spread noticedMs,
            Spread registeredMs,
            Spread restarts,
            Spread runsAgainMs) {
        private static Case of(List<Kill> kills) {
            Kill first = kills.get(0);
            return new Case(
                    first.heartbeats().text(),
                    first.heartbeats().interval(),
                    first.traffic().text(),
                    first.killed().text(),
                    memory(kills, memory -> memory.heldBytes() / MEBIBYTE),
                    memory(kills, Kill.Memory::heldBackMs),
                    memory(kills, memory -> memory.inFlightBytes() / MEBIBYTE),
                    memory(kills, Kill.Memory::inFlightBackMs),
                    Spread.of(kills.stream().map(Kill::noticedMs).toList()),
                    Spread.of(kills.stream().map(Kill::registeredMs).toList()),
                    Spread.of(
                            kills.stream().map(kill -> (double) kill.restarts()).toList()),
                    Spread.of(kills.stream().map(Kill::runsAgainMs).toList()));
        }

        private static @Nullable Spread memory(List<Kill> kills, ToDoubleFunction<Kill.Memory> figure) {
            List<Double> figures = kills.stream()
                    .map(Kill::memory)
                    .filter(Objects::nonNull)
                    .map(figure::applyAsDouble)
                    .toList();
            return figures.isEmpty() ? null : Spread.of(figures);
        }
    }

    private record Kind(Heartbeats heartbeats, Traffic traffic, Role killed) {}

    public static Recovery of(List<Kill> kills) {
        Map<Kind, List<Kill>> kinds = new LinkedHashMap<>();
        for (Kill kill : kills) {
            kinds.computeIfAbsent(new Kind(kill.heartbeats(), kill.traffic(), kill.killed()), kind -> new ArrayList<>())
                    .add(kill);
        }
        return new Recovery(kinds.values().stream().map(Case::of).toList());
    }

    /** A line for each case, with the median and the worst of its kills. */
    public String table() {
        Table table = new Table()
                .words("heartbeat every")
                .words("exchange")
                .words("killed")
                .numbers(
                        "MiB held",
                        "back after ms",
                        "worst",
                        "MiB in flight",
                        "back after ms",
                        "worst",
                        "noticed after ms",
                        "new one there after ms",
                        "restarts",
                        "runs again after ms",
                        "worst");
        for (Case kind : cases) {
            table.row(
                    kind.heartbeatInterval(),
                    kind.exchange(),
                    kind.killed(),
                    median(kind.heldMebibytes(), NUMBER),
                    median(kind.heldBackMs(), MILLISECONDS),
                    worst(kind.heldBackMs()),
                    median(kind.inFlightMebibytes(), NUMBER),
                    median(kind.inFlightBackMs(), MILLISECONDS),
                    worst(kind.inFlightBackMs()),
                    median(kind.noticedMs(), MILLISECONDS),
                    median(kind.registeredMs(), MILLISECONDS),
                    median(kind.restarts(), NUMBER),
                    median(kind.runsAgainMs(), MILLISECONDS),
                    worst(kind.runsAgainMs()));
        }
        return table.toString();
    }

    private static String median(@Nullable Spread spread, String format) {
        return spread == null ? "" : spread.median(format);
    }

    private static String worst(@Nullable Spread spread) {
        return spread == null ? "" : spread.most(MILLISECONDS);
    }
}
