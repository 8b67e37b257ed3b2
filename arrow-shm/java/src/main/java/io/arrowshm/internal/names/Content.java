package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a dataset holds.
 *
 * @param persistent whether it stays when its creator ends
 * @param attributes of the whole, see {@link Attributes}
 * @param groups attributes by path; groups without attributes need not be here unless they are empty
 * @param segments in any order, one perhaps at several paths
 */
public record Content(
        @JsonProperty("persistent") boolean persistent,
        @JsonProperty("attributes") Map<String, Object> attributes,
        @JsonProperty("groups") Map<String, Map<String, Object>> groups,
        @JsonProperty("segments") List<NamedSlot> segments) {

    /** Bytes of all segments. */
    public long bytes() {
        return segments.stream().mapToLong(NamedSlot::length).sum();
    }
}
