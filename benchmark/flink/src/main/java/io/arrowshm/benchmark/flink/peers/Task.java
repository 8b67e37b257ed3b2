package io.arrowshm.benchmark.flink.peers;

/**
 * How much is handed over.
 *
 * @param doubles of the large array
 * @param smallArrays of 8 KiB, handed over together
 * @param handOvers that one run measures, of either
 * @param warmUpSeconds of hand-overs that are not measured, before either
 */
public record Task(int doubles, int smallArrays, int handOvers, double warmUpSeconds) {}
