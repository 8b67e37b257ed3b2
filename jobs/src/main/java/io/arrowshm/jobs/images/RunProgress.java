package io.arrowshm.jobs.images;

import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how many batches of a run are done, where somebody looks at a terminal. */
final class RunProgress implements LongConsumer, AutoCloseable {
    private static final int UPDATE_MS = 200;

    private final @Nullable ProgressBar bar;

    // From Java 22 on there always is a console, unless jdk.console=java.base, which jobs/run sets.
    @SuppressWarnings("SystemConsoleNull")
    RunProgress(String name, long batches) {
        bar = System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(name)
                        .setInitialMax(batches)
                        .setUpdateIntervalMillis(UPDATE_MS)
                        .setUnit(" batches", 1)
                        .clearDisplayOnFinish()
                        .build();
    }

    /** Batches done so far; Flink's figure, so it comes late and may fall when a job restarts. */
    @Override
    public void accept(long batches) {
        if (bar != null) {
            bar.stepTo(batches);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
