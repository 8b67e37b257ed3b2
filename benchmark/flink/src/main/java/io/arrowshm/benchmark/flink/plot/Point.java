package io.arrowshm.benchmark.flink.plot;

/**
 * A value, and between which others it lies.
 *
 * @param x where
 * @param y the value
 * @param least of all that were measured there
 * @param most of these
 * @param text of the value, for readers
 */
public record Point(double x, double y, double least, double most, String text) {}
