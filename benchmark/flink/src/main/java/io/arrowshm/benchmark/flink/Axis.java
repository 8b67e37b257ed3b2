package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.function.LongFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.ToLongFunction;

/** What loads differ in. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum Axis {
    BYTES(
            "array",
            "size of an array",
            Load::bytes,
            (load, bytes) -> load.bytes = bytes,
            ByteSize::text,
            bytes -> "each of " + ByteSize.text(bytes)),
    HOPS(
            "edges",
            "edges between filling and reading",
            Load::hops,
            (load, hops) -> load.hops = hops,
            Long::toString,
            hops -> counted(hops, "edge")),
    CONSUMERS(
            "consumers",
            "consumers that each read every array",
            Load::consumers,
            (load, consumers) -> load.consumers = consumers,
            Long::toString,
            consumers -> counted(consumers, "consumer")),
    JOBS(
            "jobs",
            "jobs at the same time",
            Load::jobs,
            (load, jobs) -> load.jobs = jobs,
            Long::toString,
            jobs -> counted(jobs, "job"));

    private final String header;
    private final String label;
    private final ToLongFunction<Load> value;
    private final ObjIntConsumer<Load.Draft> setter;
    private final LongFunction<String> text;
    private final LongFunction<String> phrase;

    Axis(
            String header,
            String label,
            ToLongFunction<Load> value,
            ObjIntConsumer<Load.Draft> setter,
            LongFunction<String> text,
            LongFunction<String> phrase) {
        this.header = header;
        this.label = label;
        this.value = value;
        this.setter = setter;
        this.text = text;
        this.phrase = phrase;
    }

    /** Above a column of a table. */
    String header() {
        return header;
    }

    /** Below a chart. */
    String label() {
        return label;
    }

    long of(Load load) {
        return value.applyAsLong(load);
    }

    void set(Load.Draft load, int newValue) {
        setter.accept(load, newValue);
    }

    /** The value alone, as in {@code 64 KiB} or {@code 3}. */
    String text(Load load) {
        return text(of(load));
    }

    String text(long given) {
        return text.apply(given);
    }

    /** The value in a sentence, as in {@code each of 64 KiB} or {@code 3 edges}. */
    String phrase(Load load) {
        return phrase.apply(of(load));
    }

    /** Sizes differ by orders of magnitude, and counts do not. */
    boolean isLogarithmic() {
        return this == BYTES;
    }

    private static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
