package io.arrowshm.flink.source.enumerator;

import io.arrowshm.PoolOptions;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.Internal;
import org.jspecify.annotations.Nullable;

/**
 * Which datasets are read, and what of them.
 *
 * @param poolOptions that they are in
 * @param name of a dataset
 * @param below whether those below that name are read too
 * @param path of a segment, or of a group whose segments are read; empty for all
 * @param wholeSegments whether each segment counts as one row
 * @param policy that cuts segments into splits
 * @param discoveryInterval after which new ones are looked for; null for only once
 * @param deleteWhenRead whether datasets are deleted once a completed checkpoint says that they are read
 */
@Internal
public record Selection(
        PoolOptions poolOptions,
        String name,
        boolean below,
        String path,
        boolean wholeSegments,
        SplitPolicy policy,
        @Nullable Duration discoveryInterval,
        boolean deleteWhenRead)
        implements Serializable {

    boolean selects(String segmentPath) {
        return path.isEmpty() || segmentPath.equals(path) || segmentPath.startsWith(path + "/");
    }
}
