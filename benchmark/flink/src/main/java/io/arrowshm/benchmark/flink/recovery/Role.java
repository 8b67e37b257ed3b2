package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.benchmark.flink.job.Place;
import java.util.Locale;
import org.apache.flink.api.common.operators.SlotSharingGroup;

/** What a TaskManager does. */
public enum Role {
    SENDER(0),
    RECEIVER(1);

    private final int taskManager;

    Role(int taskManager) {
        this.taskManager = taskManager;
    }

    /** Its index in the cluster. */
    int taskManager() {
        return taskManager;
    }

    /** Of the tasks that run there. */
    SlotSharingGroup group() {
        return Place.of(taskManager).group();
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
