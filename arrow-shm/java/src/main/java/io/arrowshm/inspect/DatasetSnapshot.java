package io.arrowshm.inspect;

import io.arrowshm.internal.names.Manifest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dataset.
 *
 * @param name of it
 * @param persistent whether it stays when its creator ends
 * @param creatorProcessId who published it
 * @param publishedAtMs milliseconds since 1970
 * @param lengthBytes of all segments
 * @param attributes of the whole
 * @param groups attributes by path; groups without attributes need not be here unless they are empty
 * @param segments with paths, attributes and what is said of their types
 * @param error why it cannot be read, with nothing but the name above then; else null
 */
public record DatasetSnapshot(
        String name,
        boolean persistent,
        long creatorProcessId,
        long publishedAtMs,
        long lengthBytes,
        Map<String, Object> attributes,
        Map<String, Map<String, Object>> groups,
        List<NamedSegmentSnapshot> segments,
        @Nullable String error) {

    static DatasetSnapshot of(String name, Manifest manifest) {
        return new DatasetSnapshot(
                name,
                manifest.content().persistent(),
                manifest.creator().processId(),
                manifest.publishedAtMs(),
                manifest.content().bytes(),
                manifest.content().attributes(),
                manifest.content().groups(),
                manifest.content().segments().stream()
                        .map(NamedSegmentSnapshot::of)
                        .toList(),
                null);
    }

    static DatasetSnapshot unreadable(String name, String error) {
        return new DatasetSnapshot(name, false, 0, 0, 0, Map.of(), Map.of(), List.of(), error);
    }
}
