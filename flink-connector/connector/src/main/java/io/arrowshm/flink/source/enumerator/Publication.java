package io.arrowshm.flink.source.enumerator;

import io.arrowshm.dataset.DatasetInfo;
import org.apache.flink.annotation.Internal;

/**
 * What was put under a name at one time.
 *
 * @param dataset name
 * @param id of the dataset
 * @param revision of it
 */
@Internal
public record Publication(String dataset, long id, long revision) {
    static Publication of(DatasetInfo info) {
        return new Publication(info.name(), info.id(), info.revision());
    }
}
