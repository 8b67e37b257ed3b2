package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime that is no participant asks for: a dataset of files that it has written. The dataset is persistent: who
 * asks has no life in the pool that it could end with.
 *
 * @param formatVersion of this file
 * @param dataset its name
 * @param overwrite whether one of that name is replaced; not if it is left out
 * @param persistent true if it is not left out
 * @param attributes of the dataset, none if they are left out
 * @param groups attributes by path, none if they are left out
 * @param segments of it
 */
public record Request(
        @JsonProperty("formatVersion") int formatVersion,
        @JsonProperty("dataset") String dataset,
        @JsonProperty("overwrite") @Nullable Boolean overwrite,
        @JsonProperty("persistent") @Nullable Boolean persistent,
        @JsonProperty("attributes") @Nullable Map<String, Object> attributes,
        @JsonProperty("groups") @Nullable Map<String, Map<String, Object>> groups,
        @JsonProperty("segments") List<Part> segments) {

    static final int MAX_BYTES = 16 << 20;

    /**
     * One segment.
     *
     * @param path in the dataset
     * @param file beside the request
     * @param attributes of it, none if they are left out
     */
    public record Part(
            @JsonProperty("path") String path,
            @JsonProperty("file") String file,
            @JsonProperty("attributes") @Nullable Map<String, Object> attributes) {}

    /** Whether a dataset of that name is replaced. */
    public boolean overwrites() {
        return overwrite != null && overwrite;
    }

    /** The files that it takes, each once. */
    public List<String> files() {
        return segments.stream().map(Part::file).distinct().toList();
    }

    /** What is published once the files have slots. */
    public Content content(List<NamedSlot> slots) {
        return new Content(true, orNone(attributes), groups == null ? Map.of() : Map.copyOf(groups), slots);
    }

    static Map<String, Object> orNone(@Nullable Map<String, Object> attributes) {
        return attributes == null ? Map.of() : attributes;
    }

    /**
     * Reads and checks a request.
     *
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION, ARGUMENT: with all that its writer needs to know
     */
    static Request read(byte[] bytes) {
        try {
            if (bytes.length > MAX_BYTES) {
                throw new StrictJson.DamagedException("it has more than " + MAX_BYTES + " bytes");
            }
            JsonNode tree = StrictJson.tree(bytes);
            JsonNode version = tree.path("formatVersion");
            if (!version.isIntegralNumber()) {
                throw new StrictJson.DamagedException(
                        "it has no formatVersion, which is to be " + Manifest.FORMAT_VERSION);
            }
            if (version.asLong() != Manifest.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        "the request has format version " + version.asText() + ", this pool takes "
                                + Manifest.FORMAT_VERSION);
            }
            return StrictJson.OF_OPTIONAL_FIELDS
                    .treeToValue(tree, Request.class)
                    .checked();
        } catch (JsonProcessingException e) {
            throw new SharedMemoryException(Kind.CORRUPT, "the request cannot be read: " + StrictJson.reason(e), e);
        } catch (StrictJson.DamagedException e) {
            throw new SharedMemoryException(Kind.CORRUPT, "the request cannot be read: " + e.getMessage(), e);
        }
    }

    private Request checked() {
        check(dataset != null, "it names no dataset");
        check(segments != null, "it has no list of segments, which may be empty");
        check(
                persistent == null || persistent,
                "persistent=false: what is asked for by a file is persistent, as who asks"
                        + " has no life in the pool that a dataset could end with");
        DatasetPaths.checkName(dataset);
        Attributes.copyOf(orNone(attributes));
        Set<String> paths = new HashSet<>();
        for (Part part : segments) {
            check(part.path != null && part.file != null, "a segment has no path or no file");
            check(paths.add(DatasetPaths.check("segment", part.path)), "there are two segments " + part.path);
            IncomingFiles.checkName(part.file);
            Attributes.copyOf(orNone(part.attributes));
        }
        if (groups != null) {
            groups.forEach((path, values) -> {
                DatasetPaths.check("group", path);
                Attributes.copyOf(values);
            });
        }
        DatasetPaths.checkTree(paths, groups == null ? Set.of() : groups.keySet());
        return this;
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new SharedMemoryException(Kind.ARGUMENT, "the request cannot be carried out: " + otherwise);
        }
    }
}
