package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

    /** Segments and groups that are written, together: what has more would need too much memory where it is read. */
    public static final int MAX_PATHS = 1 << 17;

    /** Bytes of all segments. */
    public long bytes() {
        return segments.stream().mapToLong(NamedSlot::length).sum();
    }

    /** @throws SharedMemoryException ARGUMENT if there is more in it than any dataset may have */
    void checkCounts() {
        check("segments and groups", groups.size() + (long) segments.size(), MAX_PATHS);
        Stream<Map<String, Object>> all = Stream.concat(
                Stream.concat(Stream.of(attributes), groups.values().stream()),
                segments.stream().map(NamedSlot::attributes));
        check("values in attributes", all.mapToLong(Attributes::values).sum(), Attributes.MAX_VALUES);
    }

    private static void check(String what, long count, long most) {
        if (count > most) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "the dataset has " + count + " " + what + ", allowed " + most + "; use several datasets");
        }
    }
}
