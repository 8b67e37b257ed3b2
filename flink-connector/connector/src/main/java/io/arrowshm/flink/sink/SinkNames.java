package io.arrowshm.flink.sink;

import io.arrowshm.internal.Access;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the datasets of a sink are called: {@code <name>/<number>-<subtask>}, where the order of names is that of
 * checkpoints; and, until they are committed, {@code _staging/<name>/<number>-<subtask>-<attempt>}, so that nobody who
 * looks below the sink's name finds them.
 */
final class SinkNames {
    private static final Pattern STAGED = Pattern.compile("(\\d+)-(\\d+)-[0-9a-f]+");

    // What a staged dataset has besides the sink's name.
    private static final int MORE_PARTS = 2;
    private static final int MORE_BYTES = 50;

    private final String name;

    SinkNames(String name) {
        this.name = name;
    }

    /** @throws io.arrowshm.error.SharedMemoryException ARGUMENT if there can be no datasets of that name, or of longer ones */
    static void check(String name) {
        Access.checkDatasetName(name, MORE_PARTS, MORE_BYTES);
    }

    String committed(long number, int subtask) {
        return String.format(Locale.ROOT, "%s/%010d-%05d", name, number, subtask);
    }

    /** Whether it is a dataset that the subtask of that index has committed; other sinks may have names below this one. */
    boolean isCommitted(String dataset, int subtask) {
        return dataset.lastIndexOf('/') == name.length()
                && dataset.endsWith(String.format(Locale.ROOT, "-%05d", subtask));
    }

    String staged(long number, int subtask, String attempt) {
        return stagingArea() + committed(number, subtask).substring(name.length()) + "-" + attempt;
    }

    /** That everything staged for this sink lies below. */
    String stagingArea() {
        return "_staging/" + name;
    }

    /**
     * Whether the writers of a subtask's index staged it for a checkpoint after the one that was restored.
     *
     * @param parallelism of the writers now; there may have been more before
     */
    boolean isLeftOver(String staged, int subtask, int parallelism, long restoredCheckpoint) {
        Matcher parts = STAGED.matcher(staged.substring(staged.lastIndexOf('/') + 1));
        return staged.startsWith(stagingArea() + "/")
                && staged.indexOf('/', stagingArea().length() + 1) < 0
                && parts.matches()
                && Long.parseLong(parts.group(1)) > restoredCheckpoint
                && Integer.parseInt(parts.group(2)) % parallelism == subtask;
    }
}
