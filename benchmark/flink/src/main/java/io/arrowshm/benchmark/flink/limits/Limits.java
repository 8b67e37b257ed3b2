package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What this machine, and Flink on it, can do at best.
 *
 * @param memoryCopies by size
 * @param loopbackGigabytesPerSecond see {@link LoopbackTcp}
 * @param handOverNanos see {@link CacheLine}: the median of each round
 * @param handOverP99Nanos likewise, what one in a hundred exceeded
 * @param flinkRecordsPerSecond of 24 bytes, between two TaskManagers
 * @param references by size of the segment, between the same two
 */
public record Limits(
        List<MemoryCopies> memoryCopies,
        Spread loopbackGigabytesPerSecond,
        Spread handOverNanos,
        Spread handOverP99Nanos,
        Spread flinkRecordsPerSecond,
        List<References> references) {
    /** Sizes of arrays that are copied. */
    static final List<Integer> COPIED_BYTES = List.of(1 << 16, 1 << 20, 1 << 24, 1 << 26);
    /** Sizes of segments to which references are sent. */
    static final List<Integer> REFERENCED_BYTES = List.of(1 << 16, 1 << 26);

    private static final String GIGABYTES = "%.2f";
    private static final String COUNT = "%,.0f";

    /** Of arrays of a size, in 10^9 bytes a second; see {@link MemoryCopy}. */
    public record MemoryCopies(int bytes, Spread warm, Spread uncached, Spread cold) {}

    /**
     * References to a segment of a size.
     *
     * @param perFlinkRecord how many go in the time of one of Flink's records of 24 bytes
     */
    public record References(int bytes, Spread perSecond, double perFlinkRecord) {}

    /** @param rounds at least one */
    public static Limits of(List<LimitsRound> rounds) {
        Spread records = spread(rounds, LimitsRound::recordsPerSecond);
        List<MemoryCopies> copies = new ArrayList<>();
        for (int i = 0; i < COPIED_BYTES.size(); i++) {
            int size = i;
            copies.add(new MemoryCopies(
                    COPIED_BYTES.get(i),
                    spread(rounds, round -> round.memoryCopies().get(size).warm()),
                    spread(rounds, round -> round.memoryCopies().get(size).uncached()),
                    spread(rounds, round -> round.memoryCopies().get(size).cold())));
        }
        List<References> references = new ArrayList<>();
        for (int i = 0; i < REFERENCED_BYTES.size(); i++) {
            int size = i;
            Spread perSecond =
                    spread(rounds, round -> round.referencesPerSecond().get(size));
            references.add(new References(REFERENCED_BYTES.get(i), perSecond, perSecond.median() / records.median()));
        }
        return new Limits(
                copies,
                spread(rounds, LimitsRound::loopbackGigabytesPerSecond),
                spread(rounds, round -> round.handOvers().medianNanos()),
                spread(rounds, round -> round.handOvers().p99Nanos()),
                records,
                references);
    }

    /** A line for each figure. */
    public String table() {
        Table table = new Table()
                .words("limit")
                .numbers("bytes", "median", "slowest to fastest")
                .words("unit");
        for (MemoryCopies copies : memoryCopies) {
            String size = size(copies.bytes());
            line(table, "memory copy, warm", size, copies.warm(), GIGABYTES, "GB/s");
            line(table, "memory copy, in no cache", size, copies.uncached(), GIGABYTES, "GB/s");
            line(table, "memory copy, untouched pages", size, copies.cold(), GIGABYTES, "GB/s");
        }
        line(table, "loopback TCP", "", loopbackGigabytesPerSecond, GIGABYTES, "GB/s");
        line(table, "cache line handed over, median", "", handOverNanos, COUNT, "ns");
        line(table, "cache line handed over, p99", "", handOverP99Nanos, COUNT, "ns");
        line(table, "records of 24 bytes by Flink", "", flinkRecordsPerSecond, COUNT, "1/s");
        for (References same : references) {
            line(table, "references", size(same.bytes()), same.perSecond(), COUNT, "1/s, " + ratio(same));
        }
        return table.toString();
    }

    private static String ratio(References references) {
        return String.format(Locale.ROOT, "%.2f of Flink's records", references.perFlinkRecord());
    }

    private static void line(Table table, String what, String bytes, Spread spread, String format, String unit) {
        table.row(what, bytes, spread.median(format), spread.range(format), unit);
    }

    private static String size(int bytes) {
        return String.format(Locale.ROOT, "%,d", bytes);
    }

    private static Spread spread(List<LimitsRound> rounds, ToDoubleFunction<LimitsRound> figure) {
        return Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
    }
}
