package io.arrowshm.flink.source.enumerator;

import io.arrowshm.flink.source.split.DatasetSplit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.annotation.Internal;

/**
 * What an enumerator knows.
 *
 * @param discovered whether it has looked at the pool at all
 * @param unread for each dataset that was found the splits that no completed checkpoint says to be read; kept up to date
 *     only where datasets are deleted when they are read
 * @param pending splits that no reader has got
 */
@Internal
public record EnumeratorState(boolean discovered, Map<Publication, Set<String>> unread, List<DatasetSplit> pending) {
    public EnumeratorState {
        Map<Publication, Set<String>> copy = new LinkedHashMap<>();
        unread.forEach((publication, splits) -> copy.put(publication, new LinkedHashSet<>(splits)));
        unread = copy;
        pending = List.copyOf(pending);
    }

    static EnumeratorState initial() {
        return new EnumeratorState(false, Map.of(), List.of());
    }
}
