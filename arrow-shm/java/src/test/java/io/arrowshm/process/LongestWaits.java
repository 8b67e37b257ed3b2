package io.arrowshm.process;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The longest that each operation has taken. Any thread. */
final class LongestWaits {
    private final Map<Operation, Long> longestNanos = new EnumMap<>(Operation.class);
    private long operations;

    <T> T time(Operation operation, Supplier<T> action) {
        long start = System.nanoTime();
        try {
            return action.get();
        } finally {
            add(operation, System.nanoTime() - start);
        }
    }

    void run(Operation operation, Runnable action) {
        time(operation, () -> {
            action.run();
            return operation;
        });
    }

    synchronized void add(Operation operation, long nanos) {
        operations++;
        longestNanos.merge(operation, nanos, Math::max);
    }

    synchronized void addAll(LongestWaits others) {
        operations += others.operations;
        others.longestNanos.forEach((operation, nanos) -> longestNanos.merge(operation, nanos, Math::max));
    }

    synchronized long operations() {
        return operations;
    }

    /** Of all operations but those on names. */
    synchronized long longestNanos() {
        return longestNanos.entrySet().stream()
                .filter(entry -> entry.getKey() != Operation.NAMES)
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    synchronized long longestNanos(Operation operation) {
        return longestNanos.getOrDefault(operation, 0L);
    }

    /** One word, for {@link #parse}; begins again with nothing. */
    synchronized String take() {
        String text = operations + ","
                + longestNanos.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
        operations = 0;
        longestNanos.clear();
        return text;
    }

    static LongestWaits parse(String text) {
        LongestWaits waits = new LongestWaits();
        for (String word : text.split(",", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                waits.add(Operation.valueOf(word.substring(0, equals)), Long.parseLong(word.substring(equals + 1)));
            }
        }
        waits.operations = Long.parseLong(text.substring(0, text.indexOf(',')));
        return waits;
    }

    /** In milliseconds. */
    @Override
    public synchronized String toString() {
        return longestNanos.entrySet().stream()
                .map(entry -> entry.getKey().toString().toLowerCase(java.util.Locale.ROOT) + " "
                        + entry.getValue() / 1_000_000)
                .collect(Collectors.joining(", "));
    }
}
