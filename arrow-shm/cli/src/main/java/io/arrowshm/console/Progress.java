package io.arrowshm.console;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how much is done and how long the rest will take, where somebody looks at a terminal. */
public final class Progress implements AutoCloseable {
    private static final int UPDATE_MS = 500;

    private final @Nullable ProgressBar bar;

    /**
     * @param task what is done, in a word
     * @param unit what is counted, in the plural
     * @param most how many of them there are
     */
    public Progress(String task, String unit, long most) {
        bar = Terminal.isThere()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(most)
                        .setUpdateIntervalMillis(UPDATE_MS)
                        .setUnit(" " + unit, 1)
                        .clearDisplayOnFinish()
                        .build()
                : null;
    }

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Shows nothing. */
    public static Progress none() {
        return new Progress(null);
    }

    /** Counts bytes, and shows how many there are a second. */
    public static Progress ofBytes(String task, long most) {
        return new Progress(
                Terminal.isThere()
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(most)
                                .setUpdateIntervalMillis(UPDATE_MS)
                                .setUnit(" MiB", 1 << 20)
                                .showSpeed()
                                .clearDisplayOnFinish()
                                .build()
                        : null);
    }

    /** Names what is done just now. */
    public void running(String what) {
        if (bar != null) {
            bar.setExtraMessage(" " + what);
        }
    }

    /** One more is done. */
    public void step() {
        if (bar != null) {
            bar.step();
        }
    }

    /** So many more are done; any thread. */
    public void stepBy(long more) {
        if (bar != null) {
            bar.stepBy(more);
        }
    }

    /** So many are done, which may be fewer than before. */
    public void stepTo(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
