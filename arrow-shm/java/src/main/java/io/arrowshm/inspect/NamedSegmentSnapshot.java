package io.arrowshm.inspect;

import io.arrowshm.internal.names.NamedSlot;
import java.util.Map;

/**
 * A segment that a dataset names.
 *
 * @param path in the dataset: groups and name, with '/' between them
 * @param slot index
 * @param generation of the slot, which tells this segment from those before and after it in the slot
 * @param length in bytes, when it was published
 * @param description for people, such as type and shape; may be empty
 * @param attributes text, Boolean, Long, Double, and lists and maps of these
 */
public record NamedSegmentSnapshot(
        String path, int slot, long generation, long length, String description, Map<String, Object> attributes) {

    static NamedSegmentSnapshot of(NamedSlot named) {
        return new NamedSegmentSnapshot(
                named.path(),
                named.slot(),
                named.generation(),
                named.length(),
                named.description(),
                named.attributes());
    }
}
