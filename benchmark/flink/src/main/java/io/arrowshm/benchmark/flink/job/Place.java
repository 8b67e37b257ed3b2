package io.arrowshm.benchmark.flink.job;

import io.arrowshm.cluster.Placement;

/** Where tasks run: neighbours in different TaskManagers, or all in one. */
public final class Place {
    private static final Placement EVEN = new Placement("even");
    private static final Placement ODD = new Placement("odd");

    private Place() {}

    /** Of the two TaskManagers, the first or the second. */
    public static Placement of(int taskManager) {
        return taskManager % 2 == 0 ? EVEN : ODD;
    }

    /** @param hop edges between the source and the task */
    static Placement of(Load load, int hop) {
        return of(load.taskManagers() == 1 ? 0 : hop);
    }
}
