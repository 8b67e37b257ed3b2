package io.arrowshm.benchmark.flink.job;

import java.util.List;

/**
 * What one job has done.
 *
 * @param consumers what each of them counted
 * @param costs of the processes that its tasks ran in
 */
public record Outcome(List<Figures> consumers, ProcessCosts costs) {}
