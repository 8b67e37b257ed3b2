package io.arrowshm.jobs.images.job;

import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TaskManagerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where the source and the workers run: in different TaskManagers, as soon as there are two. */
public final class Places {
    static final Placement SOURCE = new Placement("source");
    static final Placement WORKERS = new Placement("workers");

    private Places() {}

    /** The TaskManagers for a number of workers: the first one has the source, the others share the workers. */
    public static List<TaskManagerSpec> taskManagers(int count, int parallelism) {
        if (count == 1) {
            TaskManagerSpec both = TaskManagerSpec.DEFAULT.withSlots(1 + parallelism);
            return List.of(both.withConfiguration(together(1 + parallelism)));
        }
        List<TaskManagerSpec> specs = new ArrayList<>();
        specs.add(TaskManagerSpec.DEFAULT.withPlacement(SOURCE));
        int slots = (parallelism - 1) / (count - 1) + 1;
        for (int i = 1; i < count; i++) {
            specs.add(TaskManagerSpec.DEFAULT.withSlots(slots).withPlacement(WORKERS));
        }
        return specs;
    }

    /** The Flink options of a single TaskManager that has both places. */
    static Map<String, String> together(int slots) {
        return Map.of(
                "external-resources",
                SOURCE.name() + ";" + WORKERS.name(),
                "external-resource." + SOURCE.name() + ".amount",
                Integer.toString(slots),
                "external-resource." + WORKERS.name() + ".amount",
                Integer.toString(slots));
    }
}
