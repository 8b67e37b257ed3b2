package io.arrowshm.benchmark.flink.limits;

import java.util.List;

/**
 * Everything measured once, one after the other, so that what the machine does meanwhile meets all alike.
 *
 * @param memoryCopies for each size
 * @param loopbackGigabytesPerSecond through a connection between two processes
 * @param handOvers of a cache line between two processes
 * @param recordsPerSecond of 24 bytes, by Flink
 * @param referencesPerSecond for each size of a segment
 */
public record LimitsRound(
        List<CopyRates> memoryCopies,
        double loopbackGigabytesPerSecond,
        CacheLine.HandOvers handOvers,
        double recordsPerSecond,
        List<Double> referencesPerSecond) {
    /** Of arrays of one size, in 10^9 bytes a second; see {@link MemoryCopy}. */
    record CopyRates(double warm, double uncached, double cold) {}
}
