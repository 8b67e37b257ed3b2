package io.arrowshm.dataset;

import org.jspecify.annotations.Nullable;

/**
 * What has happened to a dataset.
 *
 * @param kind of what has happened
 * @param name of the dataset, the new one if it was renamed
 * @param oldName the name that it had if it was renamed, else null
 * @param id see {@link DatasetInfo}
 * @param revision see {@link DatasetInfo}; of the one that was removed, if it was
 */
public record DatasetEvent(Kind kind, String name, @Nullable String oldName, long id, long revision) {
    /** What can happen. */
    public enum Kind {
        /** It is there, or was overwritten. */
        PUBLISHED,
        /** It has another name, and is the same publication. */
        RENAMED,
        /** It is gone. */
        REMOVED
    }
}
