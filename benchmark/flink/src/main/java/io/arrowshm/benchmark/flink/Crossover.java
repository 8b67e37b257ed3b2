package io.arrowshm.benchmark.flink;

import java.util.List;
import java.util.Optional;

/**
 * The size of arrays from which on one exchange is the faster one.
 *
 * @param bytes the smallest size that was measured if it is faster there already; otherwise between the sizes around it, on
 *     a line through the ratios of both rates, on logarithmic scales
 * @param slowerAt the largest measured size at which it was slower, 0 if there is none
 * @param fasterAt the next one
 */
record Crossover(long bytes, long slowerAt, long fasterAt) {
    /**
     * @param bySize comparisons in ascending order of their arrays' sizes
     * @return empty if it is not the faster one at the largest size
     */
    static Optional<Crossover> of(List<Comparison> bySize, Contestant one, Contestant other) {
        int first = bySize.size();
        while (first > 0 && bySize.get(first - 1).ratio(one, other) >= 1) {
            first--;
        }
        if (first == bySize.size()) {
            return Optional.empty();
        }
        long fasterAt = bySize.get(first).load().bytes();
        if (first == 0) {
            return Optional.of(new Crossover(fasterAt, 0, fasterAt));
        }
        long slowerAt = bySize.get(first - 1).load().bytes();
        double above = Math.log(bySize.get(first).ratio(one, other));
        double below = Math.log(bySize.get(first - 1).ratio(one, other));
        double share = -below / (above - below);
        long bytes = Math.round(slowerAt * Math.pow((double) fasterAt / slowerAt, share));
        return Optional.of(new Crossover(bytes, slowerAt, fasterAt));
    }

    boolean isEverywhere() {
        return slowerAt == 0;
    }
}
