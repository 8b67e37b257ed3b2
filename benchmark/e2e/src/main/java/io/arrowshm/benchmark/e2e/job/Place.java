package io.arrowshm.benchmark.e2e.job;

import io.arrowshm.jobs.cluster.Placement;

/** Where tasks run: neighbours in different TaskManagers. */
public final class Place {
    private static final Placement EVEN = new Placement("even");
    private static final Placement ODD = new Placement("odd");

    private Place() {}

    /** @param hop edges between the source and the task */
    public static Placement of(int hop) {
        return hop % 2 == 0 ? EVEN : ODD;
    }
}
