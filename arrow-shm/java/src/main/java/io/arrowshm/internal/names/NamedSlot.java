package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * A segment of a dataset.
 *
 * @param path in the dataset, see {@link DatasetPaths}
 * @param slot of the registry
 * @param generation of the slot
 * @param length in bytes, when it was named
 * @param description for people, such as type and shape; may be empty
 * @param attributes see {@link Attributes}
 */
public record NamedSlot(
        @JsonProperty("path") String path,
        @JsonProperty("slot") int slot,
        @JsonProperty("generation") long generation,
        @JsonProperty("length") long length,
        @JsonProperty("description") String description,
        @JsonProperty("attributes") Map<String, Object> attributes) {

    public static final int MAX_DESCRIPTION_LENGTH = 1000;
}
