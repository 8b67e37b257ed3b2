package io.arrowshm.benchmark.report;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how many runs are done and how long the rest will take, where somebody looks at a terminal. */
public final class Progress implements AutoCloseable {
    private static final int UPDATE_MS = 500;

    private final @Nullable ProgressBar bar;

    // From Java 22 on there always is a console, unless jdk.console=java.base, which benchmark/run sets.
    @SuppressWarnings("SystemConsoleNull")
    public Progress(long runs) {
        bar = System.console() == null
                ? null
                : new ProgressBarBuilder()
                        .setTaskName("measuring")
                        .setInitialMax(runs)
                        .setUpdateIntervalMillis(UPDATE_MS)
                        .setUnit(" runs", 1)
                        .clearDisplayOnFinish()
                        .build();
    }

    public void running(String what) {
        if (bar != null) {
            bar.setExtraMessage(" " + what);
        }
    }

    public void done() {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
