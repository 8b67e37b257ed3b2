package io.arrowshm.benchmark.peers;

/**
 * How much is handed over.
 *
 * @param doubles of the large array
 * @param smallArrays of 8 KiB, handed over together
 * @param handOvers that one run measures, of either
 * @param warmUpSeconds of hand-overs that are not measured, before either
 */
record Task(int doubles, int smallArrays, int handOvers, double warmUpSeconds) {}
