package io.arrowshm.flink.source.split;

import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * From a reader: a completed checkpoint says that these splits are read to their end, so they are never read again. From
 * the enumerator, of a source that never ends: it has noted that, so the reader may forget them.
 *
 * @param splitIds in any order
 */
@Internal
public record SplitsRead(List<String> splitIds) implements SourceEvent {
    public SplitsRead {
        splitIds = List.copyOf(splitIds);
    }
}
