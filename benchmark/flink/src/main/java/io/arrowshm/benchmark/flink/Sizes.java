package io.arrowshm.benchmark.flink;

import java.util.List;

/**
 * Sizes of arrays that are measured if nobody asks for others, in bytes.
 *
 * @param quick for a first look
 * @param usual if nothing is said
 * @param full if everything is measured
 */
record Sizes(List<Integer> quick, List<Integer> usual, List<Integer> full) {}
